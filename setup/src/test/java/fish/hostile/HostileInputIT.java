package fish.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything that can be sent to a group, for a minute; {@code bin/soak --hostile} goes on for longer. */
@Timeout(600)
class HostileInputIT {
    private static final Duration LENGTH = Duration.ofSeconds(60);
    private static final int CROWD = 1_000;

    /** On a machine that does all this with two cores; the aim is a second. */
    private static final Duration P99_MAX = Duration.ofSeconds(5);

    // bin/soak --hostile has 256 MiB.
    private static final String HEAP = "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private static final double REFUSED_MAX = 0.04;

    @Test
    void nodesStandWhatAnybodySendsAndServeWhoBehaves() throws Exception {
        long seed = Long.getLong("fish.hostile.seed", new Random().nextLong(1_000_000));
        Set<String> without =
                Set.of(System.getProperty("fish.hostile.without", "").split(","));
        Onslaught.Outcome outcome =
                new Onslaught(seed, System.out).run(new Onslaught.Force(LENGTH, CROWD, HEAP, without));
        assertThat(outcome.wrong()).as("seed %d", seed).isEmpty();
        assertThat(outcome.good().percentile(99)).as("seed %d", seed).isLessThan(P99_MAX);
        assertThat((double) outcome.refused() / outcome.good().count())
                .as("refused of the good client's requests, seed %d", seed)
                .isLessThan(REFUSED_MAX);
    }
}
