package fish.store;

import fish.contract.HttpUrl;
import fish.contract.NodeName;
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

    /** @throws StoreFormatException if it is not one, or names nodes and addresses that there cannot be */
    static MemberRecord decode(byte[] stored) {
        List<String> lines = StoredLines.of(stored, FORMAT, 5, "a member record");
        MemberRecord member =
                new MemberRecord(lines.get(1), lines.get(2), lines.get(3), (int) StoredLines.number(lines.get(4)));
        StoredLines.require(NodeName.isOne(member.name()), "no name of a node", member.name());
        StoredLines.require(HttpUrl.parse("http://" + member.address()).isPresent(), "no address", member.address());
        StoredLines.require(HttpUrl.parse(member.http()).isPresent(), "no HTTP address", member.http());
        return member;
    }
}
