package fish.tool.bench;

/** Consul's key-value store over HTTP. */
final class ConsulDialect implements Dialect {
    private final BenchValues values;
    private final BenchValues base64;
    private final String prefix;
    private final String head;
    private final String read;

    ConsulDialect(Plan plan) {
        Dialect.refuseWatch(plan);
        if (plan.workload() == BenchWork.LIST) {
            throw new IllegalArgumentException("consul lists all below a prefix, not 100 records from a key");
        }
        Plan.Target target = plan.target();
        this.values = new BenchValues(plan.data().valueBytes());
        this.base64 = values.base64();
        this.prefix = plan.data().prefix();
        String token = target.token().isEmpty() ? "" : "X-Consul-Token: " + target.token() + "\r\n";
        this.head = " HTTP/1.1\r\nHost: " + target.addresses().get(0).getHostString() + "\r\n" + token;
        this.read = switch (target.consistency()) {
            case "strong" -> "?raw&consistent";
            case "master" -> "?raw";
            default -> "?raw&stale";
        };
    }

    @Override
    public void write(HttpBytes out, Op op, long key, int draw) {
        switch (op) {
            case PUT -> {
                byte[] value = values.plain(draw);
                out.ascii("PUT /v1/kv/")
                        .ascii(prefix)
                        .key(key)
                        .ascii(head)
                        .bodyOf(value.length)
                        .add(value);
            }
            case GET ->
                out.ascii("GET /v1/kv/")
                        .ascii(prefix)
                        .key(key)
                        .ascii(read)
                        .ascii(head)
                        .ascii("\r\n");
            case TXN -> txn(out, key, draw);
            default -> throw new IllegalArgumentException("consul has no " + op.word());
        }
    }

    /** Its get is the condition: without that record it fails, and with it all. */
    private void txn(HttpBytes out, long key, int draw) {
        HttpBytes body = new HttpBytes()
                .ascii("[{\"KV\":{\"Verb\":\"get\",\"Key\":\"")
                .ascii(prefix)
                .key(key);
        for (long put : new long[] {key, key ^ 1}) {
            body.ascii("\"}},{\"KV\":{\"Verb\":\"set\",\"Key\":\"")
                    .ascii(prefix)
                    .key(put);
            body.ascii("\",\"Value\":\"").add(base64.plain(draw));
        }
        body.ascii("\"}}]");
        out.ascii("PUT /v1/txn").ascii(head).bodyOf(body.length()).add(body.toBytes());
    }

    @Override
    public boolean isGood(Op op, int status, String bodyStart) {
        return status == 200 && (op != Op.PUT || bodyStart.startsWith("true"));
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
