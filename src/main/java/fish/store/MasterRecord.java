package fish.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a master writes when it takes over, and what every node reads to find it: one record of the
 * {@code group} database.
 *
 * @param term higher than of any serving master before; 0 where there never was one
 * @param name the master's node name
 * @param http its HTTP address, {@code http://host:port}
 * @param firstRevision no commit of this term has a lower one
 * @param lastRevision the last given when this was written
 */
public record MasterRecord(long term, String name, String http, long firstRevision, long lastRevision) {
    /** Before the first master. */
    public static final MasterRecord NONE = new MasterRecord(0, "", "", 0, 0);

    private static final String FORMAT = "1";

    public byte[] encode() {
        return String.join(
                        "\n",
                        FORMAT,
                        Long.toString(term),
                        name,
                        http,
                        Long.toString(firstRevision),
                        Long.toString(lastRevision))
                .getBytes(StandardCharsets.UTF_8);
    }

    static MasterRecord decode(byte[] stored) {
        List<String> lines = new ArrayList<>(
                new String(stored, StandardCharsets.UTF_8).lines().toList());
        if (lines.size() != 6 || !lines.get(0).equals(FORMAT)) {
            throw new StoreFormatException("an office record that this program does not know: " + lines);
        }
        return new MasterRecord(
                Long.parseLong(lines.get(1)),
                lines.get(2),
                lines.get(3),
                Long.parseLong(lines.get(4)),
                Long.parseLong(lines.get(5)));
    }
}
