package fish.front;

import fish.conf.ByteSize;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.conf.Setting;
import fish.conf.SettingValues;
import fish.conf.Surroundings;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a front-end is told.
 *
 * @param heldRequests at most so many wait for a master
 * @param heldBytes at most so many bytes of theirs are kept
 */
public record FrontSettings(NodeSettings node, int heldRequests, ByteSize heldBytes) {
    public static final Setting<Integer> PORT = NodeSettings.port(8000);
    public static final Setting<Integer> HELD_REQUESTS =
            Setting.integer("held-requests", 10_000, 0, 1_000_000, "requests that wait for a master at most");
    public static final Setting<ByteSize> HELD_BYTES =
            Setting.size("held-bytes", "32MiB", "0", "64GiB", "bytes of requests that wait for a master at most");

    public static final List<Setting<?>> SETTINGS = settings();

    /** @throws ProgramException with all that is wrong */
    public static FrontSettings from(SettingValues values, Surroundings surroundings) throws ProgramException {
        List<String> problems = NodeSettings.problems(values, PORT, surroundings);
        if (!problems.isEmpty()) {
            throw ProgramException.wrong(problems);
        }
        return new FrontSettings(
                NodeSettings.from(values, PORT, surroundings), values.get(HELD_REQUESTS), values.get(HELD_BYTES));
    }

    private static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(NodeSettings.settings(PORT));
        all.add(HELD_REQUESTS);
        all.add(HELD_BYTES);
        return List.copyOf(all);
    }
}
