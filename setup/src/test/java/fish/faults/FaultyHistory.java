package fish.faults;

import fish.testing.Eventually;
import fish.testing.Faults;
import fish.testing.Faults.Fault;
import fish.testing.HttpProbe;
import fish.testing.load.AckedWrites;
import fish.testing.load.BankWorkload;
import fish.testing.load.CounterWorkload;
import fish.testing.load.Load;
import fish.testing.load.RegisterWorkload;
import fish.testing.load.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Everything that a client may do, done by many while nodes are killed, paused and cut off; then every
 * answer is checked. Once, by one thread.
 */
final class FaultyHistory {
    /** One node at most is away, so that a majority is up and connected all the time. */
    private static final Set<Fault> SERVED =
            EnumSet.of(Fault.KILL_MASTER, Fault.KILL_NODE, Fault.PAUSE_MASTER, Fault.PAUSE_NODE, Fault.ISOLATE_MASTER);

    private static final int CLIENTS = 3;
    private static final int KEYS = 4;
    private static final Duration REQUEST_MAX = Duration.ofSeconds(5);
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Stage stage;
    private final long seed;
    private final PrintStream log;
    private final Map<Fault, List<Duration>> gaps = new EnumMap<>(Fault.class);

    /** @param log told every step, and each fault's gap */
    FaultyHistory(Stage stage, long seed, PrintStream log) {
        this.stage = stage;
        this.seed = seed;
        this.log = log;
    }

    /**
     * Loads the group and harms it for {@code length}, heals it and checks all answers.
     *
     * @param opsMax per client, of which there are a dozen
     * @throws AssertionError if an answer was wrong, or if nothing was served for longer than {@code
     *     gapMax} although a majority was up and connected
     */
    void run(Duration length, Faults.Pace pace, int opsMax, Duration gapMax) throws IOException {
        Load load = new Load(stage.group().frontProbes(), seed, CLIENTS, opsMax, length, REQUEST_MAX);
        RegisterWorkload registers = new RegisterWorkload(load, KEYS);
        BankWorkload bank = new BankWorkload(load, KEYS);
        CounterWorkload counters = new CounterWorkload(load, KEYS);
        AckedWrites acked = new AckedWrites(load, "quorum");
        List<Workload> workloads = List.of(registers, bank, counters, acked);
        try (Availability availability = new Availability(stage.group().frontProbes())) {
            availability.start();
            for (Workload workload : workloads) {
                workload.start();
            }
            harm(length, pace, availability);
        } finally {
            workloads.forEach(Workload::close);
        }
        for (Workload workload : workloads) {
            log.println("history seed=" + seed + " workload="
                    + workload.getClass().getSimpleName() + " succeeded=" + workload.succeeded());
            if (!workload.complaints().isEmpty()) {
                throw new AssertionError("seed " + seed + ": " + workload.complaints());
            }
        }
        stage.awaitWhole();
        HttpProbe probe = stage.patient(stage.group().front(0));
        registers.verify();
        bank.verify();
        counters.verify(probe);
        acked.verify(probe);
        requireServed(gapMax);
    }

    private void harm(Duration length, Faults.Pace pace, Availability availability) {
        Random random = new Random(seed);
        List<Fault> faults = List.of(Fault.values());
        long end = System.nanoTime() + length.toNanos();
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            Fault fault = faults.get(random.nextInt(faults.size()));
            long before = System.nanoTime();
            // The shortest length there is: one fault.
            new Faults(stage.group(), seed + i, pace, log).run(Duration.ofMillis(100), Set.of(fault));
            Eventually.pause(SETTLED);
            Duration gap = availability.longestGap(before);
            gaps.computeIfAbsent(fault, any -> new ArrayList<>()).add(gap);
            log.println("gap seed=" + seed + " fault=" + fault + " millis=" + gap.toMillis());
        }
    }

    private void requireServed(Duration gapMax) {
        gaps.forEach((fault, lengths) -> {
            if (SERVED.contains(fault) && lengths.stream().anyMatch(gap -> gap.compareTo(gapMax) > 0)) {
                throw new AssertionError("seed " + seed + ": nothing was served for " + lengths + " under " + fault);
            }
        });
    }

    /** How long nothing was served under each fault. */
    Map<Fault, List<Duration>> gaps() {
        return gaps;
    }
}
