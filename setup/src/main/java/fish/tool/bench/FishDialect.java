package fish.tool.bench;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** As {@code docs/http.md} has it. */
final class FishDialect implements Dialect {
    private final BenchValues values;
    private final String path;
    private final String prefix;
    private final String head;
    private final String read;
    private final String readMore;
    private final String write;

    FishDialect(Plan plan) {
        Plan.Target target = plan.target();
        this.values = new BenchValues(plan.data().valueBytes());
        this.prefix = plan.data().prefix();
        this.path = URLEncoder.encode(prefix, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
        String host = target.addresses().get(0).getHostString();
        String token = target.token().isEmpty() ? "" : "Authorization: Bearer " + target.token() + "\r\n";
        this.head = " HTTP/1.1\r\nHost: " + host + "\r\n" + token;
        boolean strong = target.consistency().equals("strong");
        this.read = strong ? "" : "?consistency=" + target.consistency();
        this.readMore = strong ? "" : "&consistency=" + target.consistency();
        this.write = target.durability().isEmpty() ? "" : "?durability=" + target.durability();
    }

    @Override
    public void write(HttpBytes out, Op op, long key, int draw) {
        switch (op) {
            case PUT -> {
                byte[] value = values.plain(draw);
                out.ascii("PUT /kv/").ascii(path).key(key).ascii(write).ascii(head);
                out.bodyOf(value.length).add(value);
            }
            case GET ->
                out.ascii("GET /kv/")
                        .ascii(path)
                        .key(key)
                        .ascii(read)
                        .ascii(head)
                        .ascii("\r\n");
            case LIST -> {
                out.ascii("GET /kv?prefix=")
                        .ascii(path)
                        .ascii("&start=")
                        .ascii(path)
                        .key(key);
                out.ascii("&limit=100").ascii(readMore).ascii(head).ascii("\r\n");
            }
            case TXN -> txn(out, key, draw);
            case EVENT -> throw new IllegalArgumentException("an event is no request");
        }
    }

    /** The second key is the first one's neighbour below, which is there for every key but 0. */
    private void txn(HttpBytes out, long key, int draw) {
        byte[] value = values.plain(draw);
        HttpBytes body = new HttpBytes();
        body.ascii("{\"if\":[{\"key\":\"" + prefix).key(key).ascii("\",\"exists\":true}],\"then\":[");
        body.ascii("{\"put\":{\"key\":\"" + prefix)
                .key(key)
                .ascii("\",\"text\":\"")
                .add(value);
        body.ascii("\"}},{\"put\":{\"key\":\"" + prefix)
                .key(key ^ 1)
                .ascii("\",\"text\":\"")
                .add(value)
                .ascii("\"}}]}");
        out.ascii("POST /txn").ascii(write).ascii(head).bodyOf(body.length()).add(body.toBytes());
    }

    @Override
    public boolean isGood(Op op, int status, String bodyStart) {
        return op == Op.TXN
                ? status == 200 && bodyStart.startsWith("{\"branch\":\"then\"")
                : status == 200 || (op == Op.PUT && status == 201);
    }

    @Override
    public void watch(HttpBytes out, String watched) {
        out.ascii("GET /changes?prefix=").ascii(path).ascii(watched).ascii(head);
        out.ascii("Accept: text/event-stream\r\n\r\n");
    }

    @Override
    public void putNumbered(HttpBytes out, String key, long number) {
        byte[] value = values.plain((int) number);
        byte[] start = ("#" + number + "#").getBytes(StandardCharsets.US_ASCII);
        out.ascii("PUT /kv/").ascii(path).ascii(key).ascii(write).ascii(head).ascii("Content-Type: text/plain\r\n");
        out.bodyOf(start.length + value.length).add(start).add(value);
    }
}
