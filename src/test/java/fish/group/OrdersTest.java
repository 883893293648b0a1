package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.kv.Outcome;
import fish.store.UnavailableException;
import fish.testing.Eventually;
import java.io.IOException;
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
 * Three back-ends that are stopped, killed, wiped, set back to an older copy of their disk, and started, and
 * writes in between, in random orders that leave a majority of the disks that ever acknowledged: in the end
 * every acknowledged write is there, all nodes hold the same, and no revision was given twice. {@code
 * -Dfish.orders.seconds} runs as long, {@code -Dfish.orders.seed} names the first order; each order's seed is
 * in the message.
 */
@Timeout(value = 120, unit = TimeUnit.MINUTES)
class OrdersTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration WRITE_WAITS = Duration.ofMillis(1500);
    private static final Duration OTHERS_CATCH_UP = Duration.ofSeconds(3);
    private static final List<String> NAMES = List.of("b0", "b1", "b2");
    /** Drawn from; what is seldom possible is drawn more often. */
    private static final List<Kind> KINDS = List.of(
            Kind.STOP,
            Kind.KILL,
            Kind.WIPE,
            Kind.COPY_ASIDE,
            Kind.COPY_ASIDE,
            Kind.PUT_BACK,
            Kind.PUT_BACK,
            Kind.PUT_BACK,
            Kind.START,
            Kind.START,
            Kind.WRITE,
            Kind.WRITE);

    private static final int STEPS_MAX = 12;
    private static final int ORDERS_MIN = 3;

    @TempDir
    Path homes;

    private enum Kind {
        STOP,
        KILL,
        WIPE,
        COPY_ASIDE,
        PUT_BACK,
        START,
        WRITE
    }

    private record Step(Kind kind, String name) {
        @Override
        public String toString() {
            String word = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            return kind == Kind.WRITE ? word : word + " " + name;
        }
    }

    @Test
    void everyAcknowledgedWriteIsThereInTheEnd() throws Exception {
        long seed = Long.getLong("fish.orders.seed", 1);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fish.orders.seconds", 10)).toNanos();
        int orders = 0;
        int setBack = 0;
        for (; orders < ORDERS_MIN || System.nanoTime() - end < 0; orders++) {
            long its = seed + orders;
            List<Step> steps = new Generator(new Random(its)).steps();
            try {
                setBack += new Run(homes.resolve("order" + its)).run(steps);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + its + ": " + steps, e);
            }
        }
        System.out.println(
                orders + " orders, the first with seed " + seed + "; " + setBack + " times a disk was set back");
    }

    /** A node's disk is changed while it is down; the same one of the three always, so that a majority stays. */
    private static final class Generator {
        private final Random random;
        private final Set<String> up = new TreeSet<>(NAMES);
        private final Set<String> copied = new TreeSet<>();
        private String poor = "";

        Generator(Random random) {
            this.random = random;
        }

        List<Step> steps() {
            List<Step> steps = new ArrayList<>();
            int length = 3 + random.nextInt(STEPS_MAX - 2);
            while (steps.size() < length) {
                Kind kind = KINDS.get(random.nextInt(KINDS.size()));
                String name = NAMES.get(random.nextInt(NAMES.size()));
                if (isPossible(kind, name)) {
                    note(kind, name);
                    steps.add(new Step(kind, name));
                }
            }
            return steps;
        }

        private boolean isPossible(Kind kind, String name) {
            boolean isUp = up.contains(name);
            boolean mayLose = !isUp && (poor.isEmpty() || poor.equals(name));
            return switch (kind) {
                case STOP, KILL -> isUp;
                case START, COPY_ASIDE -> !isUp;
                case WIPE -> mayLose;
                case PUT_BACK -> mayLose && copied.contains(name);
                case WRITE -> true;
            };
        }

        private void note(Kind kind, String name) {
            switch (kind) {
                case STOP, KILL -> up.remove(name);
                case START -> up.add(name);
                case COPY_ASIDE -> copied.add(name);
                case WIPE, PUT_BACK -> poor = name;
                case WRITE -> {}
            }
        }
    }

    private static final class Run {
        private final Path home;
        private final Map<String, String> acknowledged = new HashMap<>();
        private final Set<Long> revisions = new HashSet<>();
        /** Of nodes that were stopped in an orderly way: what their disks hold. */
        private final Map<String, Long> stoppedAt = new HashMap<>();

        private long lastRevision;
        private int writes;
        private int setBack;

        Run(Path home) {
            this.home = home;
        }

        /** How often a disk was set back. */
        int run(List<Step> steps) throws Exception {
            Files.createDirectories(home);
            try (BackEnds group = new BackEnds(home, NAMES.toArray(String[]::new))) {
                group.start("b0");
                eventually(SOON, () -> assertThat(group.master()).isPresent());
                group.start("b1");
                group.start("b2");
                awaitAllIn(group);
                eventually(SOON, () -> assertThat(write(group)).isTrue());
                for (Step step : steps) {
                    step(group, step);
                }
                check(group);
            }
            return setBack;
        }

        private void step(BackEnds group, Step step) throws Exception {
            String name = step.name();
            switch (step.kind()) {
                case STOP -> {
                    long holds = holds(group, name);
                    group.stop(name);
                    stoppedAt.put(name, holds);
                }
                case KILL -> group.kill(name);
                case WIPE -> group.wipe(name);
                case COPY_ASIDE -> {
                    Files.createDirectories(group.home(name));
                    group.copyAside(name);
                }
                case PUT_BACK -> putBack(group, name);
                case START -> {
                    stoppedAt.remove(name);
                    group.start(name);
                }
                case WRITE -> {
                    boolean unused = Eventually.holdsWithin(WRITE_WAITS, () -> write(group));
                }
            }
        }

        /** Not where another lacks something: its disk and the older copy might be all that is left then. */
        private void putBack(BackEnds group, String name) throws Exception {
            for (String other : NAMES) {
                if (!other.equals(name)
                        && !Eventually.holdsWithin(OTHERS_CATCH_UP, () -> holds(group, other) >= lastRevision)) {
                    return;
                }
            }
            group.putBack(name);
            setBack++;
        }

        private long holds(BackEnds group, String name) {
            if (!group.runs(name)) {
                return stoppedAt.getOrDefault(name, 0L);
            }
            try {
                return group.member(name).store().lastRevision();
            } catch (UnavailableException e) {
                return 0;
            }
        }

        private boolean write(BackEnds group) {
            String key = "k" + writes % 4;
            String value = "v" + writes++;
            Outcome outcome = group.put(key, value);
            if (outcome instanceof Outcome.Committed committed) {
                lastRevision = committed.result().revision();
                assertThat(revisions.add(lastRevision)).as("given once").isTrue();
                acknowledged.put(key, value);
                return true;
            }
            if (outcome instanceof Outcome.Unknown) {
                acknowledged.remove(key);
            }
            return false;
        }

        private void check(BackEnds group) throws IOException {
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
            for (String name : NAMES) {
                eventually(SOON, () -> assertThat(group.held(name))
                        .as(name)
                        .isEqualTo(group.held(
                                group.master().orElseThrow().masterRecord().name())));
            }
        }

        private static void awaitAllIn(BackEnds group) {
            for (String name : NAMES) {
                eventually(SOON, () -> {
                    assertThat(group.told(name).failures).isEmpty();
                    assertThat(group.member(name).state())
                            .as("%s: %s", name, group.told(name).lines)
                            .isIn(NodeState.MASTER, NodeState.REPLICA);
                });
            }
            eventually(SOON, () -> assertThat(group.master()).isPresent());
        }
    }
}
