package fish.testing.load;

import fish.testing.HttpProbe;
import java.time.Duration;
import java.util.List;

/**
 * How much of a workload, and against whom.
 *
 * @param fronts each request goes to one of them, drawn at random, over connections of the workload's own
 * @param seed of all that is drawn
 * @param clients threads, each with one request at a time
 * @param opsMax per client
 * @param length after which no operation begins
 * @param timeout that is asked for with each request
 */
public record Load(List<HttpProbe> fronts, long seed, int clients, int opsMax, Duration length, Duration timeout) {
    private static final int CLIENTS_MAX = 256;

    public Load {
        fronts = List.copyOf(fronts);
        if (fronts.isEmpty() || clients < 1 || clients > CLIENTS_MAX || opsMax < 1) {
            throw new IllegalArgumentException("no load: " + clients + " clients, " + opsMax + " ops, " + fronts);
        }
    }

    /** Eight clients, with two seconds for each request. */
    public static Load of(List<HttpProbe> fronts, long seed, int opsMax, Duration length) {
        return new Load(fronts, seed, 8, opsMax, length, Duration.ofSeconds(2));
    }
}
