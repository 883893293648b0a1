package fish.tool.bench;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** etcd's gateway from JSON to its API, version 3. */
final class EtcdDialect implements Dialect {
    private final BenchValues values;
    private final String prefix;
    private final String head;
    private final String read;
    private final String end;

    EtcdDialect(Plan plan) {
        Dialect.refuseWatch(plan);
        Plan.Target target = plan.target();
        this.values = new BenchValues(plan.data().valueBytes()).base64();
        this.prefix = plan.data().prefix();
        String token = target.token().isEmpty() ? "" : "Authorization: " + target.token() + "\r\n";
        this.head = " HTTP/1.1\r\nHost: " + target.addresses().get(0).getHostString() + "\r\n" + token;
        this.read = target.consistency().equals("strong") ? "" : ",\"serializable\":true";
        this.end = base64(prefix + "\u007f");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private String key(long number) {
        return base64(prefix + new String(new HttpBytes().key(number).toBytes(), StandardCharsets.US_ASCII));
    }

    @Override
    public void write(HttpBytes out, Op op, long key, int draw) {
        HttpBytes body = new HttpBytes();
        switch (op) {
            case PUT -> put(body, key, draw);
            case GET ->
                body.ascii("{\"key\":\"")
                        .ascii(key(key))
                        .ascii("\"")
                        .ascii(read)
                        .ascii("}");
            case LIST -> {
                body.ascii("{\"key\":\"")
                        .ascii(key(key))
                        .ascii("\",\"range_end\":\"")
                        .ascii(end);
                body.ascii("\",\"limit\":\"100\"").ascii(read).ascii("}");
            }
            case TXN -> {
                body.ascii(
                        "{\"compare\":[{\"target\":\"CREATE\",\"result\":\"GREATER\",\"create_revision\":\"0\",\"key\":\"");
                body.ascii(key(key)).ascii("\"}],\"success\":[{\"request_put\":");
                put(body, key, draw);
                body.ascii("},{\"request_put\":");
                put(body, key ^ 1, draw);
                body.ascii("}]}");
            }
            case EVENT -> throw new IllegalArgumentException("an event is no request");
        }
        out.ascii("POST /v3/kv/")
                .ascii(path(op))
                .ascii(head)
                .bodyOf(body.length())
                .add(body.toBytes());
    }

    private void put(HttpBytes body, long key, int draw) {
        body.ascii("{\"key\":\"")
                .ascii(key(key))
                .ascii("\",\"value\":\"")
                .add(values.plain(draw))
                .ascii("\"}");
    }

    private static String path(Op op) {
        return op == Op.PUT ? "put" : op == Op.TXN ? "txn" : "range";
    }

    @Override
    public boolean isGood(Op op, int status, String bodyStart) {
        return status == 200
                && switch (op) {
                    case TXN -> bodyStart.contains("\"succeeded\":true");
                    case GET -> bodyStart.contains("\"kvs\"");
                    default -> true;
                };
    }

    @Override
    public void watch(HttpBytes out, String watched) {
        throw new IllegalArgumentException("watchers are for the dialect fish alone");
    }

    @Override
    public void putNumbered(HttpBytes out, String key, long number) {
        throw new IllegalArgumentException("watchers are for the dialect fish alone");
    }
}
