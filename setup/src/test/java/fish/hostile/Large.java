package fish.hostile;

import java.util.List;
import java.util.stream.IntStream;

/** Records of a value's largest size, and requests that want many of them. */
final class Large {
    static final List<String> KEYS =
            IntStream.range(0, 24).mapToObj(i -> "hostile/large/" + i).toList();

    private static final int VALUE_BYTES = 1 << 20;

    private final Chance chance;

    Large(Chance chance) {
        this.chance = chance;
    }

    /** Puts one of them. */
    Shot put(int i) {
        byte[] value = chance.oneIn(3) ? new byte[VALUE_BYTES] : chance.bytes(VALUE_BYTES);
        List<String> headers = chance.oneIn(2) ? List.of("Content-Type: text/plain") : List.of();
        return Shot.request("PUT", "/kv/" + KEYS.get(i % KEYS.size()) + "?timeout=5s", headers, value)
                .answered(200, 201);
    }

    Shot next() {
        return switch (chance.below(10)) {
            case 0, 1 -> put(chance.below(KEYS.size()));
            case 2, 3, 4 -> Shot.request("GET", "/kv/" + chance.pick(KEYS)).answered(200, 404);
            case 5 ->
                Shot.request("GET", "/kv?prefix=hostile/large/&limit=1000" + consistency())
                        .answered(200);
            case 6 ->
                Shot.request("GET", "/kv?prefix=hostile/large/&limit=1000&keys" + consistency())
                        .answered(200);
            case 7 ->
                Shot.request("GET", "/changes?since=1&prefix=hostile/large/&limit=1000")
                        .answered(200, 410);
            case 8 -> Shot.request("HEAD", "/kv/" + chance.pick(KEYS));
            default -> Shot.request("POST", "/txn", List.of(), new TxnMaker(chance).next());
        };
    }

    private String consistency() {
        return chance.of("", "&consistency=local", "&consistency=master");
    }
}
