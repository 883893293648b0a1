package fish.tool.bench;

import java.util.Optional;
import java.util.SplittableRandom;

/** Requests of one workload, for ever. */
final class RandomScript implements Script {
    private final Dialect dialect;
    private final Plan plan;
    private final SplittableRandom random;

    RandomScript(Dialect dialect, Plan plan, long seed) {
        this.dialect = dialect;
        this.plan = plan;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public Optional<Op> next(HttpBytes out) {
        Op op = op();
        long key = plan.workload() == BenchWork.HOT
                ? 0
                : random.nextInt(plan.data().keys());
        dialect.write(out, op, key, random.nextInt());
        return Optional.of(op);
    }

    private Op op() {
        return switch (plan.workload()) {
            case PUT, HOT, WATCH -> Op.PUT;
            case GET -> Op.GET;
            case MIXED -> random.nextDouble() < plan.load().reads() ? Op.GET : Op.PUT;
            case TXN -> Op.TXN;
            case LIST -> Op.LIST;
        };
    }
}
