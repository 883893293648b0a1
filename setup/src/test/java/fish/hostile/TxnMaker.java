package fish.hostile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Bodies of transactions. */
final class TxnMaker {
    private static final int ENTRIES_MAX = 128;
    private static final int BODY_BYTES_MAX = 8 << 20;

    private final Chance chance;

    TxnMaker(Chance chance) {
        this.chance = chance;
    }

    byte[] next() {
        return switch (chance.below(30)) {
            case 0 -> utf8("{\"then\":[" + list(ENTRIES_MAX + chance.below(2)) + "]}");
            case 1 -> sized(BODY_BYTES_MAX - 1 + chance.below(3));
            case 2, 3 -> manyLarge();
            case 4 -> chance.bytes(chance.below(500));
            case 5 -> ("{\"then\":[" + list(2) + "]}").getBytes(StandardCharsets.UTF_16);
            case 6 -> utf8("{\"then\":" + "[".repeat(chance.below(100_000)));
            case 7 -> utf8(chance.json());
            case 8 -> utf8("{\"then\":" + chance.json() + ",\"if\":" + chance.json() + "}");
            default ->
                utf8("{\"if\":[" + conditions() + "],\"then\":[" + list(chance.below(6)) + "],\"else\":["
                        + list(chance.below(3)) + "]}");
        };
    }

    byte[] getsAlone() {
        List<String> gets = new ArrayList<>();
        for (int i = 1 + chance.below(10); i > 0; i--) {
            gets.add("{\"get\":{\"key\":\"" + chance.key() + "\"}}");
        }
        return utf8("{\"then\":[" + String.join(",", gets) + "]}");
    }

    /** A small body whose answer would be large. */
    private byte[] manyLarge() {
        String put = chance.oneIn(2) ? "{\"put\":{\"key\":\"hostile/k0\",\"text\":\"x\"}}," : "";
        String get = "{\"get\":{\"key\":\"" + Large.KEYS.get(chance.below(Large.KEYS.size())) + "\"}},";
        return utf8("{\"then\":[" + put + get.repeat(ENTRIES_MAX - 2) + "{\"get\":{\"key\":\"hostile/k1\"}}]}");
    }

    private static byte[] sized(int bytes) {
        String head = "{\"then\":[{\"put\":{\"key\":\"hostile/k3\",\"text\":\"";
        String tail = "\"}}]}";
        int each = 700_000;
        StringBuilder body = new StringBuilder(head);
        while (body.length() + each + 200 < bytes) {
            body.append("v".repeat(each))
                    .append("\"}},{\"put\":{\"key\":\"hostile/k")
                    .append(body.length() / each)
                    .append("\",\"text\":\"");
        }
        body.append("v".repeat(Math.max(0, bytes - body.length() - tail.length())))
                .append(tail);
        return utf8(body.toString());
    }

    private String conditions() {
        List<String> all = new ArrayList<>();
        for (int i = chance.below(3); i > 0; i--) {
            String test = chance.of(
                    "\"revision\":1",
                    "\"revision\":0",
                    "\"revision\":1.5",
                    "\"revision\":9223372036854775808",
                    "\"exists\":true",
                    "\"exists\":\"no\"",
                    "\"text\":\"x\"",
                    "\"base64\":\"eA==\"",
                    "\"base64\":\"*\"",
                    "\"json\":" + chance.json(),
                    "\"value\":1");
            all.add("{\"key\":\"" + chance.key() + "\"," + test + "}");
        }
        return String.join(",", all);
    }

    private String list(int entries) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            all.add(operation());
        }
        return String.join(",", all);
    }

    private String operation() {
        String key = chance.oneIn(10) ? oddKey() : chance.key();
        return switch (chance.below(8)) {
            case 0 -> "{\"delete\":{\"key\":\"" + key + "\"}}";
            case 1, 2 -> "{\"get\":{\"key\":\"" + key + "\"}}";
            case 3 -> "{\"put\":{\"key\":\"" + key + "\",\"json\":" + chance.json() + "}}";
            case 4 ->
                "{\"put\":{\"key\":\"" + key + "\",\"base64\":\""
                        + chance.of("", "=", "%", Base64.getEncoder().encodeToString(chance.bytes(chance.valueSize())))
                        + "\"}}";
            case 5 ->
                chance.oneIn(4)
                        ? chance.of(
                                "{}",
                                "[]",
                                "null",
                                "{\"put\":{},\"get\":{}}",
                                "{\"touch\":{\"key\":\"a\"}}",
                                "{\"put\":null}")
                        : "{\"get\":{\"key\":\"" + key + "\"}}";
            default ->
                "{\"put\":{\"key\":\"" + key + "\",\"text\":\"" + chance.of("x", "\\u0000", "\\ud83d", "é")
                        + "\""
                        + chance.of(
                                "", "", ",\"ttl\":\"1s\"", ",\"ttl\":5", ",\"contentType\":\"\\r\\nX: y\"", ",\"x\":1")
                        + "}}";
        };
    }

    private String oddKey() {
        return chance.of(
                "",
                "hostile/" + "a".repeat(1016),
                "hostile/" + "a".repeat(1017),
                "hostile/\\u0000",
                "hostile/\\ud800",
                "hostile/\\ud83d\\ude00",
                "hostile/" + "é".repeat(508));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
