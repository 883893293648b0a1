package fish.store;

import fish.contract.HttpUrl;
import fish.contract.NodeName;
import java.nio.charset.StandardCharsets;
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

    /**
     * Without name and address where it names what cannot be: its revisions count all the same.
     *
     * @throws StoreFormatException if it is no such record
     */
    static MasterRecord decode(byte[] stored) {
        List<String> lines = StoredLines.of(stored, FORMAT, 6, "a master's record");
        boolean nobody =
                !NodeName.isOne(lines.get(2)) || HttpUrl.parse(lines.get(3)).isEmpty();
        return new MasterRecord(
                StoredLines.number(lines.get(1)),
                nobody ? "" : lines.get(2),
                nobody ? "" : lines.get(3),
                StoredLines.number(lines.get(4)),
                StoredLines.number(lines.get(5)));
    }
}
