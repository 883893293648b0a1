package fish.tool.bench;

/** How a store is asked over HTTP. Thread-safe; nothing is kept between requests. */
interface Dialect {
    /**
     * A whole request, head and body.
     *
     * @param op not {@link Op#EVENT}
     * @param draw any number, of which a value is chosen
     */
    void write(HttpBytes out, Op op, long key, int draw);

    /** Whether this is the answer that was hoped for. */
    boolean isGood(Op op, int status, String bodyStart);

    /** A request whose answer is a stream of changes of the keys that begin with the plan's prefix and this. */
    void watch(HttpBytes out, String prefix);

    /** A put of a value that begins with this number, under the plan's prefix and this. */
    void putNumbered(HttpBytes out, String key, long number);

    /** @throws IllegalArgumentException where it cannot do what the plan asks */
    static Dialect of(Plan plan) {
        return switch (plan.target().dialect()) {
            case "fish" -> new FishDialect(plan);
            case "etcd" -> new EtcdDialect(plan);
            case "consul" -> new ConsulDialect(plan);
            default -> throw new IllegalArgumentException("a dialect is fish, etcd or consul");
        };
    }

    static void refuseWatch(Plan plan) {
        if (plan.workload() == BenchWork.WATCH) {
            throw new IllegalArgumentException("watchers are for the dialect fish alone");
        }
    }
}
