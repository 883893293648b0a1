package fish.faults;

import fish.hostile.Onslaught;
import fish.testing.Faults;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/soak}: every scenario of this package, over and over. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Kills, pauses and cuts off nodes of real groups and checks all they answer."
                + " Exit code 1: an answer was wrong, a group did not come up, a node ended by itself"
                + " or had to be repaired."
                + " Needs root and network namespaces.")
final class SoakMain implements Callable<Integer> {
    private static final Faults.Pace PACE = new Faults.Pace(Duration.ofSeconds(12), Duration.ofSeconds(3), Stage.SOON);
    private static final Set<String> STEPS = new LinkedHashSet<>(List.of(
            "histories",
            "locks",
            "homes",
            "woken-masters",
            "stale-master",
            "unacknowledged-tail",
            "unacknowledged-tail-gate-commits-1"));
    private static final Duration HISTORY = Duration.ofMinutes(2);
    private static final Duration LOCKS = Duration.ofMinutes(4);
    private static final Duration GAP_MAX = Duration.ofSeconds(40);
    private static final int OPS_MAX = 8_000;
    private static final int WAKINGS = 5;
    private static final int VIOLATIONS_MAX = 20;
    private static final int MINUTES_MAX = 24 * 60;

    @Option(names = "--minutes", defaultValue = "30", description = "no round begins later (default: 30)")
    private int minutes;

    @Option(names = "--seed", description = "of the first round; the next ones count up (default: random)")
    private long seed = new Random().nextLong(1_000_000);

    @Option(names = "--locked", description = "groups with TLS and a token")
    private boolean locked;

    @Option(
            names = "--hostile",
            description = "instead of faults: what anybody can send, to nodes with heaps of 256 MiB on loopback;"
                    + " needs no root")
    private boolean hostile;

    @Option(names = "--crowd", defaultValue = "2000", description = "with --hostile: silent and slow connections")
    private int crowd;

    @Option(
            names = "--java-options",
            defaultValue = "-Xmx256m",
            description = "with --hostile: of the nodes (default: -Xmx256m)")
    private String javaOptions = "";

    @Option(
            names = "--without",
            split = ",",
            description =
                    "with --hostile: attackers to leave out, of" + " requests,large,raw,ports,handshakes,links,crowd")
    private Set<String> without = Set.of();

    @Option(names = "--steps", split = ",", description = "these alone of a round, of ${DEFAULT-VALUE}")
    private Set<String> steps = STEPS;

    private final PrintStream out = System.out;
    private final Tally tally = new Tally(out);
    private int wakings;

    public static void main(String[] args) {
        System.exit(new CommandLine(new SoakMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (!STEPS.containsAll(steps)) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this),
                    "--steps are of " + String.join(",", STEPS) + ", not " + String.join(",", steps));
        }
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "--minutes is from 1 to " + MINUTES_MAX + ", not " + minutes);
        }
        if (hostile) {
            return hostile();
        }
        long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        int rounds = 0;
        while (System.nanoTime() - end < 0 && tally.violations() < VIOLATIONS_MAX) {
            round(seed + rounds, rounds % 2 == 0 ? "" : "-Dfish.test.watchdog=off");
            rounds++;
        }
        tally.tell();
        out.println("soak rounds=" + rounds + " wakings=" + wakings + " result=" + (tally.isClean() ? "ok" : "failed"));
        return tally.isClean() ? 0 : 1;
    }

    private int hostile() throws IOException {
        Onslaught.Force force = new Onslaught.Force(Duration.ofMinutes(minutes), crowd, javaOptions, without);
        Onslaught.Outcome outcome = new Onslaught(seed, out).run(force);
        boolean well = outcome.wrong().isEmpty();
        out.println("soak hostile seed=" + seed + " minutes=" + minutes + " result=" + (well ? "ok" : "failed"));
        return well ? 0 : 1;
    }

    /** @param switches of the scenarios in which an old master may stay for longer */
    private void round(long roundSeed, String switches) throws IOException {
        step(roundSeed, "histories", 2, stage -> histories(stage, roundSeed));
        step(roundSeed, "locks", 2, stage -> new LockRuns(stage, roundSeed, out).run(LOCKS, PACE));
        step(roundSeed, "homes", 1, stage -> new LostHomes(stage, roundSeed, tally, out).play());
        step(roundSeed, "woken-masters", 1, this::wakings);
        step(roundSeed, "stale-master", 1, SoakMain::staleMaster, switches);
        step(
                roundSeed,
                "unacknowledged-tail",
                1,
                stage -> require(new UnacknowledgedTail(stage, "acknowledged").keepsTheWrite(), "the write is lost"),
                switches);
        // Promises nothing: the write is a second commit itself, which may be enough.
        step(
                roundSeed,
                "unacknowledged-tail-gate-commits-1",
                1,
                stage -> out.println("soak kept=" + new UnacknowledgedTail(stage, "acknowledged").keepsTheWrite()),
                "-Dfish.test.watchdog=off",
                "-Dfish.test.gateCommits=1");
    }

    /** What is played on a group of its own. */
    private interface Scenario {
        void play(Stage stage) throws IOException;
    }

    private void step(long roundSeed, String name, int fronts, Scenario scenario, String... switches)
            throws IOException {
        if (!steps.contains(name)) {
            return;
        }
        out.println("soak seed=" + roundSeed + " step=" + name + " " + String.join(" ", switches));
        try (Stage stage = Stage.start(locked, 3, fronts, switches)) {
            try {
                scenario.play(stage);
            } catch (AssertionError e) {
                e.printStackTrace(out);
                tally.violation("seed=" + roundSeed + " step=" + name + " " + e.getMessage() + "\n" + stage.told());
            }
            tally.ended(stage.endedByThemselves());
        } catch (AssertionError e) {
            tally.violation("seed=" + roundSeed + " step=" + name + " no group came up: " + e.getMessage());
        }
    }

    private void histories(Stage stage, long roundSeed) throws IOException {
        FaultyHistory history = new FaultyHistory(stage, roundSeed, out);
        history.run(HISTORY, PACE, OPS_MAX, GAP_MAX);
        history.gaps().forEach((fault, lengths) -> lengths.forEach(length -> tally.gap(fault.name(), length)));
    }

    private void wakings(Stage stage) throws IOException {
        for (int i = 0; i < WAKINGS; i++, wakings++) {
            int fresh = new WokenMaster(stage, "woken/" + i).play();
            out.println("woken run=" + i + " answers=" + fresh);
        }
    }

    private static void staleMaster(Stage stage) throws IOException {
        StaleMaster scenario = new StaleMaster(stage, "kept/");
        scenario.play();
        long kept = scenario.kept(stage.patient(stage.group().front(0)), "strong");
        require(kept == StaleMaster.WRITES, "kept " + kept + " of " + StaleMaster.WRITES);
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }
}
