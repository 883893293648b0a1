package fish.client;

import fish.kv.Consistency;
import fish.kv.Read;
import java.time.Duration;

/**
 * Which state a read may see, and how long it may take.
 *
 * @param after the state must hold this revision; 0: any. This and {@code maxLagMillis} are for {@link
 *     Consistency#LOCAL} alone
 * @param maxLagMillis the state must be at most this old; {@link Read#ANY_LAG}: any
 * @param timeout of all tries together; zero: the client's
 */
public record ReadOptions(Consistency consistency, long after, long maxLagMillis, Duration timeout) {
    /** Linearizable. */
    public static final ReadOptions STRONG = of(Consistency.STRONG);

    /** What the front-end that is asked has, with no master needed. */
    public static final ReadOptions LOCAL = of(Consistency.LOCAL);

    public ReadOptions {
        boolean local = consistency == Consistency.LOCAL;
        if (after < 0 || maxLagMillis < Read.ANY_LAG || (!local && (after > 0 || maxLagMillis != Read.ANY_LAG))) {
            throw new IllegalArgumentException("after and maxLag are for local reads, and not negative");
        }
        if (!timeout.isZero()) {
            ClientConfig.requireTimeout(timeout);
        }
    }

    public static ReadOptions of(Consistency consistency) {
        return new ReadOptions(consistency, 0, Read.ANY_LAG, Duration.ZERO);
    }

    /** A local state that holds this revision: read your own writes, at any front-end. */
    public static ReadOptions after(long revision) {
        return new ReadOptions(Consistency.LOCAL, revision, Read.ANY_LAG, Duration.ZERO);
    }

    /** A local state at most this old, to the millisecond. */
    public static ReadOptions maxLag(Duration lag) {
        return new ReadOptions(Consistency.LOCAL, 0, lag.toMillis(), Duration.ZERO);
    }

    public ReadOptions withTimeout(Duration all) {
        return new ReadOptions(consistency, after, maxLagMillis, all);
    }
}
