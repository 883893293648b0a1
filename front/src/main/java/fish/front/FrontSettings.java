package fish.front;

import fish.conf.ByteSize;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.conf.Setting;
import fish.conf.SettingTable;
import fish.conf.SettingValues;
import fish.conf.Surroundings;
import java.util.List;

/** All that a front-end is told. */
public record FrontSettings(NodeSettings node) {
    private static final SettingTable TABLE = SettingTable.with(NodeSettings.TABLE);

    public static final Setting<Integer> PORT = TABLE.add(NodeSettings.port(8000));
    public static final Setting<Integer> HELD_REQUESTS = TABLE.add(
            Setting.integer("held-requests", 10_000, 0, 1_000_000, "requests that wait for a master at most"));
    public static final Setting<ByteSize> HELD_BYTES = TABLE.add(
            Setting.size("held-bytes", "32MiB", "0", "64GiB", "bytes of requests that wait for a master at most"));

    public static final List<Setting<?>> SETTINGS = TABLE.all();

    /** What a setting is set to. */
    public <T> T get(Setting<T> setting) {
        return node.get(setting);
    }

    /** @throws ProgramException with all that is wrong */
    public static FrontSettings from(SettingValues values, Surroundings surroundings) throws ProgramException {
        List<String> problems = NodeSettings.problems(values, PORT, surroundings);
        if (!problems.isEmpty()) {
            throw ProgramException.wrong(problems);
        }
        return new FrontSettings(NodeSettings.from(values, PORT, surroundings));
    }
}
