package fish.faults;

import fish.testing.Faults;
import fish.testing.Faults.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/soak}: every scenario of this package, over and over. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Kills, pauses and cuts off nodes of real groups and checks all they answer."
                + " Exit code 1: an answer was wrong, or a group did not come up."
                + " Needs root and network namespaces.")
final class SoakMain implements Callable<Integer> {
    private static final Faults.Pace PACE = new Faults.Pace(Duration.ofSeconds(12), Duration.ofSeconds(3), Stage.SOON);
    private static final Duration HISTORY = Duration.ofMinutes(2);
    private static final Duration GAP_MAX = Duration.ofSeconds(40);
    private static final int OPS_MAX = 8_000;
    private static final int WAKINGS = 5;
    private static final int MINUTES_MAX = 24 * 60;

    @Option(names = "--minutes", defaultValue = "30", description = "no round begins later (default: 30)")
    private int minutes;

    @Option(names = "--seed", description = "of the first round; the next ones count up (default: random)")
    private long seed = new Random().nextLong(1_000_000);

    private final PrintStream out = System.out;
    private final Map<Fault, List<Duration>> gaps = new EnumMap<>(Fault.class);
    private int wakings;

    public static void main(String[] args) {
        System.exit(new CommandLine(new SoakMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "--minutes is from 1 to " + MINUTES_MAX + ", not " + minutes);
        }
        long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        int rounds = 0;
        try {
            while (System.nanoTime() - end < 0) {
                round(seed + rounds, rounds % 2 == 0 ? "" : "-Dfish.test.watchdog=off");
                rounds++;
            }
        } catch (AssertionError e) {
            out.println("soak seed=" + (seed + rounds) + " result=failed");
            e.printStackTrace(out);
            return 1;
        } finally {
            tellGaps();
        }
        out.println("soak rounds=" + rounds + " wakings=" + wakings + " result=ok");
        return 0;
    }

    /** @param switches of the scenarios in which an old master may stay for longer */
    private void round(long roundSeed, String switches) throws IOException {
        histories(roundSeed);
        wakings(roundSeed);
        out.println("soak seed=" + roundSeed + " step=stale-master " + switches);
        try (Stage stage = Stage.start(3, 1, switches)) {
            StaleMaster scenario = new StaleMaster(stage, "kept/");
            scenario.play();
            long kept = scenario.kept(stage.patient(stage.group().front(0)), "strong");
            require(kept == StaleMaster.WRITES, "kept " + kept + " of " + StaleMaster.WRITES, stage);
        }
        out.println("soak seed=" + roundSeed + " step=unacknowledged-tail " + switches);
        try (Stage stage = Stage.start(3, 1, switches)) {
            require(new UnacknowledgedTail(stage, "acknowledged").keepsTheWrite(), "the write is lost", stage);
        }
        // Promises nothing: the write is a second commit itself, which may be enough.
        try (Stage stage = Stage.start(3, 1, "-Dfish.test.watchdog=off", "-Dfish.test.gateCommits=1")) {
            boolean kept = new UnacknowledgedTail(stage, "acknowledged").keepsTheWrite();
            out.println("soak seed=" + roundSeed + " step=unacknowledged-tail gate-commits=1 kept=" + kept);
        }
    }

    private void histories(long roundSeed) throws IOException {
        out.println("soak seed=" + roundSeed + " step=histories");
        try (Stage stage = Stage.start(3, 2)) {
            FaultyHistory history = new FaultyHistory(stage, roundSeed, out);
            try {
                history.run(HISTORY, PACE, OPS_MAX, GAP_MAX);
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n" + stage.told(), e);
            }
            history.gaps().forEach((fault, lengths) -> gaps.computeIfAbsent(fault, any -> new ArrayList<>())
                    .addAll(lengths));
        }
    }

    private void wakings(long roundSeed) throws IOException {
        out.println("soak seed=" + roundSeed + " step=woken-masters");
        try (Stage stage = Stage.start(3, 1)) {
            for (int i = 0; i < WAKINGS; i++, wakings++) {
                int fresh = new WokenMaster(stage, "woken/" + i).play();
                out.println("woken run=" + i + " answers=" + fresh);
            }
        }
    }

    private static void require(boolean right, String otherwise, Stage stage) {
        if (!right) {
            throw new AssertionError(otherwise + "\n" + stage.told());
        }
    }

    private void tellGaps() {
        gaps.forEach((fault, lengths) -> {
            List<Duration> sorted =
                    lengths.stream().sorted(Comparator.naturalOrder()).toList();
            out.println("gaps fault=" + fault + " n=" + sorted.size() + " median-ms="
                    + sorted.get(sorted.size() / 2).toMillis() + " max-ms="
                    + sorted.get(sorted.size() - 1).toMillis());
        });
    }
}
