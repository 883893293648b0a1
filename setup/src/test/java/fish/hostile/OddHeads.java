package fish.hostile;

import java.nio.charset.StandardCharsets;

/** What only a socket can send: broken heads, bodies that are not what they say, several requests at once. */
final class OddHeads {
    private static final String LF = "\r\n";

    private final Chance chance;

    OddHeads(Chance chance) {
        this.chance = chance;
    }

    Shot next() {
        return switch (chance.below(8)) {
            case 0 -> Shot.raw(firstLine() + LF + "Host: localhost" + LF + LF);
            case 1 -> Shot.raw("GET /kv/hostile/k1 HTTP/1.1" + LF + header() + LF + header() + LF + LF);
            case 2, 3 -> Shot.raw(put() + coding() + LF + LF + chunks());
            case 4 -> Shot.raw(put() + "Content-Length: " + length() + LF + LF + "x".repeat(chance.below(40)));
            case 5 ->
                Shot.raw("GET /kv?" + "a".repeat(65_300 + chance.below(500)) + " HTTP/1.1" + LF + "Host: localhost" + LF
                        + LF);
            case 6 -> large();
            default -> mutated();
        };
    }

    private static String put() {
        return "PUT /kv/hostile/raw HTTP/1.1" + LF + "Host: localhost" + LF;
    }

    private String firstLine() {
        String method =
                chance.of("GET", "get", "G\u00cbT", "", " GET", "GET\t", "G".repeat(5000), "PRI", "GE\0T", "{}");
        String target =
                chance.of("/kv/hostile/k1", "", "kv", "/kv/ a", "*", "http://", "/kv/\0", "/\u00ff\u00fe", "?", "#");
        String version = chance.of(
                "HTTP/1.1",
                "HTTP/1.0",
                "HTTP/1.2",
                "HTTP/1.9",
                "HTTP/2.0",
                "HTTP/0.9",
                "HTTP/1.1.1",
                "HTTP/",
                "http/1.1",
                "ICY",
                "",
                "HTTP/99999999999.1");
        return chance.oneIn(10) ? chance.text(30) : method + " " + target + " " + version;
    }

    private String header() {
        return chance.of(
                "Host: localhost",
                "Host: ",
                "Host: a" + LF + "Host: b",
                "Host:",
                ": x",
                "NoColon",
                " Folded: x",
                "X :y",
                "X: a" + LF + " folded",
                "X\0: y",
                "X: \0",
                "X: " + "y".repeat(chance.below(70_000)),
                ("A: b" + LF).repeat(chance.below(5_000)) + "Z: z",
                "Content-Length: 5" + LF + "Content-Length: 6",
                "Connection: close, close, keep-alive");
    }

    private String coding() {
        return chance.of(
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, gzip",
                "Transfer-Encoding: x",
                "Transfer-Encoding: ",
                "Transfer-Encoding: chunked" + LF + "Transfer-Encoding: chunked",
                "Transfer-Encoding:\u000bchunked",
                "Transfer-Encoding: chunked" + LF + "Content-Length: 5",
                "Transfer-Encoding: CHUNKED" + LF + "Trailer: X",
                "Content-Length: 3" + LF + "Content-Range: bytes 0-2/9");
    }

    private String chunks() {
        return chance.of(
                "3" + LF + "abc" + LF + "0" + LF + LF,
                "3;ext=\"" + "e".repeat(chance.below(5000)) + "\"" + LF + "abc" + LF + "0" + LF + "T: x" + LF + LF,
                "ffffffffffffffff" + LF + "abc",
                "7fffffff" + LF + "abc",
                "-3" + LF + "abc" + LF,
                "zz" + LF,
                "0x3" + LF + "abc" + LF + "0" + LF + LF,
                "3\nabc\n0\n\n",
                "000000000000000000000003" + LF + "abc" + LF + "0" + LF + LF,
                "1" + LF + "a" + LF + "0" + LF + ("T: " + "t".repeat(1000) + LF).repeat(chance.below(200)) + LF,
                "3" + LF + "abcd" + LF + "0" + LF + LF,
                ("1" + LF + "a" + LF).repeat(chance.below(3_000)) + "0" + LF + LF);
    }

    private String length() {
        return chance.of(
                "-1", "x", "1 1", "0x10", "99999999999999999999", "1000000000000", "+5", "5,5", "", "2147483648");
    }

    /** A body beyond the limit that nobody wants to read. */
    private Shot large() {
        int bytes = (1 << 20) + chance.below(1 << 20);
        return Shot.raw(put() + "Content-Length: " + bytes + LF + LF + "x".repeat(bytes));
    }

    /** A good pipeline with some bytes changed, left out or doubled. */
    private Shot mutated() {
        StringBuilder good = new StringBuilder();
        for (int i = 1 + chance.below(20); i > 0; i--) {
            good.append(put()).append("Content-Length: 2").append(LF).append(LF).append("hi");
            good.append("GET /kv/hostile/raw HTTP/1.1")
                    .append(LF)
                    .append("Host: localhost")
                    .append(LF)
                    .append(LF);
        }
        byte[] bytes = good.toString().getBytes(StandardCharsets.ISO_8859_1);
        for (int i = chance.below(6); i > 0; i--) {
            bytes[chance.below(bytes.length)] = (byte) chance.below(256);
        }
        return Shot.raw(new String(bytes, 0, bytes.length - chance.below(3), StandardCharsets.ISO_8859_1));
    }
}
