package fish.store;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * That a back-end was removed from the group, its home not to come back: a record of the {@code group}
 * database. The name is free for another home.
 *
 * @param id JE's number of the member that was removed; a later member of that name has a higher one
 * @param atMillis when, by the master's clock, since the epoch
 */
public record RemovedRecord(String name, int id, long atMillis) {
    private static final String FORMAT = "1";

    public byte[] encode() {
        return String.join("\n", FORMAT, name, Integer.toString(id), Long.toString(atMillis))
                .getBytes(StandardCharsets.UTF_8);
    }

    static RemovedRecord decode(byte[] stored) {
        List<String> lines = new String(stored, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() != 4 || !lines.get(0).equals(FORMAT)) {
            throw new StoreFormatException("a record of a removal that this program does not know: " + lines);
        }
        return new RemovedRecord(lines.get(1), Integer.parseInt(lines.get(2)), Long.parseLong(lines.get(3)));
    }
}
