package fish.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often, and after which pauses, things are tried again. The pause before try {@code n} is drawn evenly from 0 to
 * {@code pauseMin} times 2 to the power of {@code n - 1}, at most {@code pauseMax}.
 *
 * @param triesMax of one request, the first included
 * @param transactTriesMax of one {@link FishClient#transact}, the first included
 */
public record Retries(int triesMax, int transactTriesMax, Duration pauseMin, Duration pauseMax) {
    private static final int DOUBLINGS_MAX = 20;

    /** As shipped. */
    public static final Retries DEFAULT = new Retries(16, 64, Duration.ofMillis(10), Duration.ofSeconds(1));

    public Retries {
        if (triesMax < 1 || transactTriesMax < 1) {
            throw new IllegalArgumentException("there is at least one try");
        }
        if (pauseMin.isZero() || pauseMin.isNegative() || pauseMax.compareTo(pauseMin) < 0) {
            throw new IllegalArgumentException("pauses are positive, and pauseMax is at least pauseMin");
        }
    }

    /** The pause after so many tries that failed, at least one. */
    long pauseNanos(int failed, RandomGenerator random) {
        long doubled = pauseMin.toNanos() << Math.min(failed - 1, DOUBLINGS_MAX);
        long bound = doubled <= 0 ? pauseMax.toNanos() : Math.min(doubled, pauseMax.toNanos());
        return random.nextLong(bound + 1);
    }
}
