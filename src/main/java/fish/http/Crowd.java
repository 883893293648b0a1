package fish.http;

import fish.budget.ByteBudget;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Where some wait for room of a budget, has those give way whose clients are too slow. For one thread. */
final class Crowd {
    /** Who has just come may have room in a moment. */
    private static final int LOOKS_MIN = 2;

    /** After a longer pause of the node's, nobody knows who would have been slow. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final ByteBudget budget;

    /** How often in a row somebody waited. */
    private int looks;

    private long lastNanos = System.nanoTime();

    Crowd(ByteBudget budget) {
        this.budget = budget;
    }

    private record Slow(Holder holder, long held) {}

    /** The largest first, as many as that takes. */
    void look(long nowNanos, Stream<? extends Holder> holders) {
        long wanted = budget.wanted();
        looks = wanted == 0 || nowNanos - lastNanos > PAUSE_NANOS ? 0 : looks + 1;
        lastNanos = nowNanos;
        if (looks < LOOKS_MIN) {
            return;
        }
        List<Slow> slow = holders.filter(holder -> holder.isSlow(nowNanos))
                .map(holder -> new Slow(holder, holder.held()))
                .filter(one -> one.held > 0)
                .sorted(Comparator.comparingLong(Slow::held).reversed())
                .toList();
        for (Slow one : slow) {
            if (wanted <= 0) {
                return;
            }
            wanted -= one.held;
            one.holder.giveWay();
        }
    }
}
