package fish.conf;

import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a program, in the order in which help shows them: to declare one is to add it, so that
 * a new setting touches its declaration and its use and nothing else. Filled while its class is
 * initialized, read afterwards.
 */
public final class SettingTable {
    private final List<Setting<?>> settings = new ArrayList<>();

    /** Begins with all of these. */
    public static SettingTable with(SettingTable shared) {
        SettingTable table = new SettingTable();
        table.settings.addAll(shared.settings);
        return table;
    }

    /** Adds the setting, and returns it. */
    public <T> Setting<T> add(Setting<T> setting) {
        settings.add(setting);
        return setting;
    }

    public List<Setting<?>> all() {
        return List.copyOf(settings);
    }
}
