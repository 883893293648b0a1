package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.kv.Outcome;
import fish.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three back-ends that are stopped, killed, wiped and started, and writes in between, in random orders that
 * leave a majority of the disks that ever acknowledged: in the end every acknowledged write is there, and no
 * revision was given twice. {@code -Dfish.orders.seconds} runs as long, {@code -Dfish.orders.seed} names the
 * first order; each order's seed is in the message.
 */
@Timeout(value = 120, unit = TimeUnit.MINUTES)
class OrdersTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration WRITE_WAITS = Duration.ofMillis(1500);
    private static final List<String> NAMES = List.of("b0", "b1", "b2");
    private static final int STEPS_MAX = 7;
    private static final int ORDERS_MIN = 3;

    @TempDir
    Path homes;

    private enum Kind {
        STOP,
        KILL,
        WIPE,
        START,
        WRITE
    }

    private record Step(Kind kind, String name) {
        @Override
        public String toString() {
            return kind == Kind.WRITE ? "write" : kind.name().toLowerCase(Locale.ROOT) + " " + name;
        }
    }

    @Test
    void everyAcknowledgedWriteIsThereInTheEnd() throws Exception {
        long seed = Long.getLong("fish.orders.seed", 1);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fish.orders.seconds", 10)).toNanos();
        int orders = 0;
        for (; orders < ORDERS_MIN || System.nanoTime() - end < 0; orders++) {
            long its = seed + orders;
            List<Step> steps = generate(new Random(its));
            try {
                new Run(homes.resolve("order" + its)).run(steps);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + its + ": " + steps, e);
            }
        }
        System.out.println(orders + " orders, the first with seed " + seed);
    }

    /** A node is wiped while it is down; one of the three, once, so that a majority of the disks stays. */
    private static List<Step> generate(Random random) {
        Set<String> up = new TreeSet<>(NAMES);
        String wiped = "";
        List<Step> steps = new ArrayList<>();
        int length = 3 + random.nextInt(STEPS_MAX - 2);
        while (steps.size() < length) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            String name = NAMES.get(random.nextInt(NAMES.size()));
            boolean isUp = up.contains(name);
            if ((kind == Kind.STOP || kind == Kind.KILL) && isUp) {
                up.remove(name);
            } else if (kind == Kind.START && !isUp) {
                up.add(name);
            } else if (kind == Kind.WIPE && !isUp && wiped.isEmpty()) {
                wiped = name;
            } else if (kind != Kind.WRITE) {
                continue;
            }
            steps.add(new Step(kind, name));
        }
        return steps;
    }

    private static final class Run {
        private final Path home;
        private final Map<String, String> acknowledged = new HashMap<>();
        private final Set<Long> revisions = new HashSet<>();
        private int writes;

        Run(Path home) {
            this.home = home;
        }

        void run(List<Step> steps) throws Exception {
            Files.createDirectories(home);
            try (BackEnds group = new BackEnds(home, NAMES.toArray(String[]::new))) {
                group.start("b0");
                eventually(SOON, () -> assertThat(group.master()).isPresent());
                group.start("b1");
                group.start("b2");
                awaitAllIn(group);
                assertThat(write(group)).isTrue();
                for (Step step : steps) {
                    step(group, step);
                }
                check(group);
            }
        }

        private void step(BackEnds group, Step step) throws Exception {
            switch (step.kind()) {
                case STOP -> group.stop(step.name());
                case KILL -> group.kill(step.name());
                case WIPE -> group.wipe(step.name());
                case START -> group.start(step.name());
                case WRITE -> {
                    boolean unused = Eventually.holdsWithin(WRITE_WAITS, () -> write(group));
                }
            }
        }

        private boolean write(BackEnds group) {
            String key = "k" + writes % 4;
            String value = "v" + writes++;
            Outcome outcome = group.put(key, value);
            if (outcome instanceof Outcome.Committed committed) {
                assertThat(revisions.add(committed.result().revision()))
                        .as("given once")
                        .isTrue();
                acknowledged.put(key, value);
                return true;
            }
            if (outcome instanceof Outcome.Unknown) {
                acknowledged.remove(key);
            }
            return false;
        }

        private void check(BackEnds group) throws Exception {
            for (String name : NAMES) {
                if (!group.runs(name)) {
                    group.start(name);
                }
            }
            awaitAllIn(group);
            for (Map.Entry<String, String> one : acknowledged.entrySet()) {
                eventually(SOON, () -> assertThat(group.get(one.getKey())).isEqualTo(Optional.of(one.getValue())));
            }
            eventually(SOON, () -> assertThat(write(group)).isTrue());
        }

        private static void awaitAllIn(BackEnds group) {
            for (String name : NAMES) {
                eventually(SOON, () -> {
                    assertThat(group.told(name).failures).isEmpty();
                    assertThat(group.member(name).state())
                            .as("%s: %s", name, group.told(name).events)
                            .isIn(NodeState.MASTER, NodeState.REPLICA);
                });
            }
            eventually(SOON, () -> assertThat(group.master()).isPresent());
        }
    }
}
