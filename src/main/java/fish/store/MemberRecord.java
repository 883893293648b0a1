package fish.store;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is known of a back-end whether it runs or not: records of the {@code group} database.
 *
 * @param address where it replicates, {@code host:port}
 * @param http its HTTP address, {@code http://host:port}
 */
public record MemberRecord(String name, String address, String http, int priority) {
    private static final String FORMAT = "1";

    public byte[] encode() {
        return String.join("\n", FORMAT, name, address, http, Integer.toString(priority))
                .getBytes(StandardCharsets.UTF_8);
    }

    static MemberRecord decode(byte[] stored) {
        List<String> lines = new String(stored, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() != 5 || !lines.get(0).equals(FORMAT)) {
            throw new StoreFormatException("a member record that this program does not know: " + lines);
        }
        return new MemberRecord(lines.get(1), lines.get(2), lines.get(3), Integer.parseInt(lines.get(4)));
    }
}
