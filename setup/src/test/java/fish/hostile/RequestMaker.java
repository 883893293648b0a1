package fish.hostile;

import fish.hostile.Shot.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/** Requests to all routes: valid, nearly valid and nonsense. Keeps to keys that begin with {@code hostile/}. */
final class RequestMaker {
    private static final String LIST = "prefix=hostile/&limit=3";
    private static final byte[] NONE = new byte[0];
    private static final int CURSOR_HEAD_BYTES = 9;

    private final Chance chance;
    private final TxnMaker txns;
    private final List<Supplier<Shot>> kinds;
    private String cursor = "";

    RequestMaker(Chance chance) {
        this.chance = chance;
        this.txns = new TxnMaker(chance);
        this.kinds = List.of(
                this::put,
                this::put,
                this::put,
                this::brokenPut,
                this::get,
                this::get,
                this::delete,
                this::txn,
                this::txn,
                this::list,
                this::list,
                this::listAgain,
                this::changes,
                this::cluster,
                this::announcement,
                this::health,
                this::elsewhere);
    }

    Shot next() {
        return chance.pick(kinds).get();
    }

    /** What a list answered, so that later ones can go on from there, or nearly. */
    void saw(Shot shot, String answer) {
        if (!shot.isTo("GET /kv?" + LIST + " ")) {
            return;
        }
        int at = answer.lastIndexOf("\"next\":\"");
        if (at >= 0) {
            int from = at + "\"next\":\"".length();
            cursor = answer.substring(from, Math.max(from, answer.indexOf('"', from)));
        }
    }

    private Shot put() {
        List<String> headers = new ArrayList<>();
        if (chance.oneIn(3)) {
            headers.add("Content-Type: "
                    + chance.of("application/json", "text/plain", "a/b+json", "x", "", "text/html; charset=utf-16"));
        }
        if (chance.oneIn(8)) {
            headers.add("Content-Encoding: " + chance.of("gzip", "identity", "br, gzip", "x".repeat(300)));
        }
        if (chance.oneIn(6)) {
            headers.add(chance.of("If-None-Match: *", "If-Match: *", "If-Match: \"1\"", "If-Match: W/\"5\", \"6\""));
        }
        if (chance.oneIn(6)) {
            headers.add("Idempotency-Key: " + chance.of("a", "b", "c".repeat(255), "hostile-" + chance.below(50)));
        }
        String parameters = chance.of(
                "",
                "",
                "?ttl=30s",
                "?ttl=1ms",
                "?durability=memory",
                "?durability=master&timeout=2s",
                "?durability=all&timeout=2s",
                "?durability=sites&timeout=1s",
                "?timeout=1ms",
                "?ttl=3650d&durability=quorum");
        return Shot.request("PUT", "/kv/" + chance.pathKey() + parameters, headers, chance.value());
    }

    private Shot brokenPut() {
        String key = "/kv/" + chance.key();
        String wrong = chance.of(
                "ttl=30",
                "ttl=-1s",
                "ttl=0ms",
                "ttl=3651d",
                "ttl=1e3s",
                "ttl=NaNs",
                "ttl=99999999999999999999s",
                "ttl=1s&ttl=1s",
                "durability=",
                "durability=QUORUM",
                "timeout=0s",
                "timeout=6m",
                "timeout=",
                "nothing=1",
                "consistency=strong",
                "ttl=%zz",
                "ttl=%00");
        String header = chance.of(
                "Idempotency-Key: ",
                "Idempotency-Key: " + "x".repeat(256),
                "Idempotency-Key: a b",
                "Idempotency-Key: \u00e9",
                "If-Match: 5",
                "If-Match: \"x",
                "If-Match: \"1\", ",
                "If-Match: \"99999999999999999999\"",
                "If-None-Match: \"a\" \"b\"");
        return chance.oneIn(2)
                ? Shot.request("PUT", key + "?" + wrong, List.of(), chance.bytes(10))
                        .answered(400)
                : Shot.request("PUT", key, List.of(header), chance.bytes(10)).answered(200, 201, 400, 412);
    }

    private Shot get() {
        String parameters = chance.of(
                "",
                "",
                "?consistency=local",
                "?consistency=master",
                "?after=1",
                "?after=9007199254740993&timeout=50ms",
                "?after=-1",
                "?max-lag=1ms&timeout=20ms",
                "?max-lag=10s",
                "?consistency=strong&after=5",
                "?after=x",
                "?timeout=1ms",
                "?limit=1",
                "?a=b");
        String header = chance.of("Accept: x", "If-None-Match: *", "If-None-Match: \"1\"", "Range: bytes=0-5", "X: ");
        return Shot.request(chance.of("GET", "GET", "HEAD"), "/kv/" + chance.pathKey() + parameters, header);
    }

    private Shot delete() {
        String parameters = chance.of("", "", "?durability=memory", "?timeout=5ms", "?ttl=1s", "?prefix=hostile/k1");
        return Shot.request("DELETE", "/kv/" + chance.pathKey() + parameters);
    }

    private Shot txn() {
        Shot txn = Shot.request("POST", "/txn" + chance.of("", "", "?durability=memory", "?x"), List.of(), txns.next());
        return chance.oneIn(20)
                ? Shot.request("POST", "/txn", List.of(), txns.getsAlone()).of(Outcome.NEVER)
                : txn;
    }

    private Shot list() {
        String parameters = chance.of(
                LIST,
                LIST,
                "prefix=hostile/k&keys&limit=1000",
                "prefix=hostile/k1&reverse&consistency=local",
                "start=hostile/&end=hostile0&limit=5",
                "start=z&end=a",
                "prefix=hostile/k2&start=hostile/k21&end=hostile/k22&consistency=master",
                "prefix=" + "a".repeat(1025),
                "prefix=" + chance.encoded(chance.text(20)),
                "limit=0",
                "limit=1001",
                "limit=99999999999",
                "limit=",
                "keys=yes",
                "reverse&reverse",
                "cursor=",
                "cursor=" + Base64.getUrlEncoder().encodeToString(chance.bytes(40)),
                "cursor=AQ",
                "prefix=%");
        return Shot.request(chance.of("GET", "GET", "HEAD"), "/kv?" + parameters);
    }

    /** With a cursor that was given out, or one that is made of such. */
    private Shot listAgain() {
        byte[] bytes = Base64.getUrlDecoder().decode(cursor);
        if (chance.oneIn(2) || bytes.length < CURSOR_HEAD_BYTES) {
            return Shot.request("GET", "/kv?" + LIST + (cursor.isEmpty() ? "" : "&cursor=" + cursor))
                    .answered(200);
        }
        byte[] key = chance.of(
                NONE,
                "hostile/".repeat(128).getBytes(StandardCharsets.US_ASCII),
                "hostile/".repeat(625).getBytes(StandardCharsets.US_ASCII),
                "zzz".getBytes(StandardCharsets.US_ASCII),
                new byte[] {'h', 0, 'x'},
                chance.bytes(30));
        byte[] made = new byte[CURSOR_HEAD_BYTES + key.length];
        System.arraycopy(bytes, 0, made, 0, CURSOR_HEAD_BYTES);
        System.arraycopy(key, 0, made, CURSOR_HEAD_BYTES, key.length);
        String coded = Base64.getUrlEncoder().withoutPadding().encodeToString(made);
        return Shot.request("GET", "/kv?" + LIST + "&cursor=" + coded).answered(key.length == 8 * 128 ? 200 : 400, 400);
    }

    private Shot changes() {
        String parameters = chance.of(
                "since=1&limit=5",
                "since=0",
                "since=-1",
                "since=9007199254740992&wait=50ms",
                "since=1&prefix=hostile/k1&wait=100ms&limit=3",
                "wait=100ms",
                "wait=61s",
                "wait=-1s",
                "limit=1001",
                "since=x",
                "since=1&since=2",
                "prefix=" + chance.encoded(chance.text(8)) + "&since=1&limit=1",
                "cursor=a");
        String accept = chance.of("application/json", "*/*", "text/event-stream;q=x", "x".repeat(2000), ",,;");
        boolean stream = accept.startsWith("text");
        return Shot.request(
                stream ? "HEAD" : "GET",
                "/changes?" + parameters,
                "Accept: " + accept,
                "Last-Event-ID: " + chance.of("1", "x", "-5", ""));
    }

    private Shot cluster() {
        if (chance.oneIn(2)) {
            return Shot.request(
                    chance.of("GET", "HEAD", "PUT", "OPTIONS"), "/cluster" + chance.of("", "?x=1", "?group"));
        }
        if (chance.oneIn(3)) {
            String name = chance.of("nosuch", "b9", "%00", "", "..", "b0/x", chance.encoded(chance.text(10)));
            return Shot.request("DELETE", "/cluster/nodes/" + name + chance.of("", "?force"))
                    .answered(400, 404, 405, 409);
        }
        String node = chance.of("\"nosuch\"", "\"r0\"", "5", "[\"b0\"]", "null", chance.json(), "\"b9\\u0000\"");
        String body = chance.oneIn(3) ? chance.json() : "{\"node\":" + node + "}";
        return Shot.request("POST", "/cluster/master?timeout=2s", List.of(), utf8(body))
                .answered(400, 404, 409, 413);
    }

    /** What a node would say of itself, were it one. */
    private Shot announcement() {
        String name = chance.of("b0", "b1", "b2", "r0", "evil", "", "\\u0000", "x".repeat(70));
        String address = chance.of("x", "localhost:1", "localhost:99999", "127.0.0.1:9000", "", "a".repeat(5000));
        String followers = chance.oneIn(4) ? ",\"followers\":[" + "{},".repeat(chance.below(900)) + "{}]" : "";
        String body = ("{\"group\":\"%s\",\"name\":\"%s\",\"type\":\"%s\",\"state\":\"%s\",\"address\":\"%s\","
                        + "\"http\":\"%s\",\"priority\":%s,\"term\":%s,\"revision\":%s,\"clock\":1,\"held\":%s%s}")
                .formatted(
                        chance.of("fish", "fish", "fish", "other", ""),
                        name,
                        chance.of("electable", "secondary", "monitor", "ELECTABLE"),
                        chance.of("replica", "master", "starting", "\u0131"),
                        address,
                        chance.of("x", "http://localhost:1", "http://" + address, ""),
                        chance.of("1", "-1", "99999999999", "1.5", "\"1\""),
                        chance.of("0", "9223372036854775807", "1e400"),
                        chance.of("1", "9007199254740993", "null"),
                        chance.of("9", "9223372036854775807", "-5"),
                        followers);
        return Shot.request(
                chance.of("POST", "POST", "GET"), "/node", List.of(), utf8(chance.oneIn(6) ? chance.json() : body));
    }

    private Shot health() {
        String path = chance.of(
                "live",
                "ready",
                "ready?verbose",
                "ready?master",
                "ready?verbose&master=false",
                "live?x",
                "ready?master=x",
                "");
        return Shot.request(chance.of("GET", "HEAD", "POST"), "/health/" + path);
    }

    private Shot elsewhere() {
        String method = chance.of("GET", "POST", "PATCH", "TRACE", "OPTIONS", "BREW", "X".repeat(30), "M-SEARCH");
        String path = chance.of(
                "/",
                "/kv",
                "/kv/hostile/k1",
                "/txn",
                "/changes",
                "/node",
                "//",
                "/%6bv/a",
                "/metrics",
                "/favicon.ico",
                "*",
                "http://x/kv/hostile/k1",
                "/s/users/kv/a",
                "/tokens",
                "/kv?prefix=hostile/%00");
        List<String> headers = new ArrayList<>();
        for (int i = chance.below(4); i > 0; i--) {
            headers.add(chance.of(
                    "Origin: null",
                    "Cookie: " + "c".repeat(chance.below(8000)),
                    "Expect: 100-continue",
                    "Expect: the unexpected",
                    "Upgrade: fish/1",
                    "Connection: Upgrade, keep-alive",
                    "Connection: X-A",
                    "X-A: " + "\t".repeat(chance.below(50)) + "\u00ff",
                    "Forwarded: for=\"_x\""));
        }
        return Shot.request(method, path, headers, NONE).of(Outcome.PERHAPS);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
