package fish.hostile;

import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpProbe;
import fish.testing.Programs;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** All attacks at once on three back-ends and a front-end with small heaps, beside one good client. */
public final class Onslaught {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration QUIET_MAX = Duration.ofMinutes(1);
    private static final Duration TOLD_EVERY = Duration.ofSeconds(30);
    private static final Duration MASTER_MOVES_EVERY = Duration.ofSeconds(20);
    private static final int REQUESTERS = 3;
    private static final int LAST_LINES = 12;

    private final long seed;
    private final PrintStream out;
    private final Findings findings = new Findings();
    private final List<Attack> attacks = new ArrayList<>();
    private final Map<FishNode, Long> pids = new LinkedHashMap<>();

    /**
     * How much.
     *
     * @param length of the attacks
     * @param crowd connections that do little
     * @param javaOptions of each node
     * @param without attackers that are left out, by the first part of their names
     */
    public record Force(Duration length, int crowd, String javaOptions, Set<String> without) {
        public Force {
            without = Set.copyOf(without);
        }
    }

    /**
     * What came of it.
     *
     * @param wrong all that must not be, each with what repeats it; empty where all is well
     * @param good of the well-behaved client's requests
     * @param refused how many of these were told to come again
     */
    public record Outcome(List<String> wrong, Latencies good, long refused) {}

    /** @param out told the seed first, and in the end what was counted */
    public Onslaught(long seed, PrintStream out) {
        this.seed = seed;
        this.out = out;
    }

    /** Once. */
    public Outcome run(Force force) throws IOException {
        out.println("hostile seed=" + seed + " length=" + force.length() + " crowd=" + force.crowd()
                + (force.without().isEmpty() ? "" : " without=" + force.without()));
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        try (Programs programs = Programs.ofBuild()) {
            programs.javaOptions(force.javaOptions() + " " + Vitals.option(programs.data()));
            try (FishGroup group = FishGroup.onLoopback(programs, 3, 1)) {
                group.start(START_MAX);
                group.nodes().forEach(node -> pids.put(node, node.program().pid()));
                SteadyClient good = new SteadyClient(arms("good", 0, Duration.ofMillis(20), timer), front(group));
                prepare(group, force, timer);
                attack(group, good, force.length());
                quiet(group);
                if (allRun()) {
                    good.verify();
                }
                return tell(group, good, programs);
            }
        } finally {
            timer.shutdownNow();
        }
    }

    private void prepare(FishGroup group, Force force, ScheduledExecutorService timer) throws IOException {
        List<URI> all =
                new ArrayList<>(group.nodes().stream().map(FishNode::http).toList());
        List<URI> backs = group.backs().stream().map(FishNode::http).toList();
        // Half of what is sent is sent to the front-end.
        all.add(front(group));
        all.add(front(group));
        Noise.Ports ports = new Noise.Ports(
                all,
                backs,
                group.nodes().stream()
                        .map(node -> URI.create("je://" + node.address()))
                        .toList());
        for (int i = 0; i < REQUESTERS; i++) {
            Attack.Arms arms = arms("requests-" + i, 100 + i, Duration.ofMillis(20), timer);
            RequestMaker maker = new RequestMaker(arms.chance());
            attacks.add(new Shooter(arms, all, maker::next, maker));
        }
        for (int i = 0; i < 2; i++) {
            Attack.Arms arms = arms("large-" + i, 200 + i, Duration.ofMillis(100), timer);
            Large large = new Large(arms.chance());
            attacks.add(new Shooter(arms, all, large::next, new RequestMaker(arms.chance())));
            attacks.add(new RawShooter(arms("raw-" + i, 300 + i, Duration.ofMillis(20), timer), all));
        }
        int noise = 400;
        for (Noise.Where where : Noise.Where.values()) {
            String name = where.name().toLowerCase(Locale.ROOT) + "-0";
            attacks.add(new Noise(arms(name, noise++, Duration.ofMillis(100), timer), ports, where));
        }
        attacks.add(new Loiterers(arms("crowd-0", 500, Duration.ofMillis(50), timer), force.crowd(), ports));
        attacks.removeIf(attack -> force.without().contains(attack.name().replaceAll("-.*", "")));
    }

    private Attack.Arms arms(String name, int number, Duration pause, ScheduledExecutorService timer)
            throws IOException {
        Chance chance = new Chance(seed * 1_000_003 + number);
        return new Attack.Arms(name, findings, new Documented(), chance, pause, timer);
    }

    private static URI front(FishGroup group) {
        return group.front(0).http();
    }

    private void attack(FishGroup group, SteadyClient good, Duration length) {
        long end = System.nanoTime() + length.toNanos();
        long told = System.nanoTime() + TOLD_EVERY.toNanos();
        long moved = System.nanoTime() + MASTER_MOVES_EVERY.toNanos();
        Chance chance = new Chance(seed);
        good.start();
        attacks.forEach(Attack::start);
        try {
            while (System.nanoTime() - end < 0 && allRun()) {
                Eventually.pause(Duration.ofMillis(200));
                if (System.nanoTime() - told > 0) {
                    told += TOLD_EVERY.toNanos();
                    out.println("hostile good: " + good.latencies() + " refused=" + good.refused() + " wrong="
                            + findings.counts().getOrDefault("wrong", 0L));
                }
                if (System.nanoTime() - moved > 0) {
                    moved += MASTER_MOVES_EVERY.toNanos();
                    moveMaster(group, "b" + chance.below(3));
                }
            }
        } finally {
            attacks.forEach(Attack::close);
            good.close();
        }
    }

    /** A hand-over under all this may fail; nobody may notice it but for the time that it takes. */
    private void moveMaster(FishGroup group, String to) {
        try {
            int status = HttpProbe.of(front(group), Duration.ofSeconds(20))
                    .request("POST", "/cluster/master")
                    .body(("{\"node\":\"" + to + "\"}").getBytes(StandardCharsets.UTF_8))
                    .send()
                    .status();
            findings.count("master moved: " + status);
        } catch (IOException e) {
            findings.count("master moved: " + e);
        }
    }

    private boolean allRun() {
        return pids.keySet().stream().allMatch(node -> node.program().isAlive());
    }

    /** Every node is the one that was started, and works. */
    private void quiet(FishGroup group) {
        pids.forEach((node, pid) -> {
            if (!node.program().isAlive() || node.program().pid() != pid) {
                findings.wrong("a node ended", node.name() + lastWords(node));
            }
            if (node.program().output().stream().anyMatch(line -> line.contains("OutOfMemoryError"))) {
                findings.wrong("a node ran out of memory", node.name() + lastWords(node));
            }
        });
        if (allRun()) {
            awaitReady(group);
        }
    }

    private void awaitReady(FishGroup group) {
        HttpProbe probe = HttpProbe.of(front(group), Duration.ofSeconds(5));
        for (FishNode node : group.nodes()) {
            try {
                Eventually.eventually(QUIET_MAX, () -> {
                    if (!probe.at(node.http()).isOk("/health/ready")) {
                        throw new AssertionError(node.name() + " is not ready");
                    }
                });
            } catch (AssertionError e) {
                findings.wrong("a node does not come to rest", e.getMessage() + lastWords(node));
            }
        }
    }

    private Outcome tell(FishGroup group, SteadyClient good, Programs programs) throws IOException {
        findings.counts().forEach((what, count) -> out.println("hostile count=" + count + " of=\"" + what + "\""));
        for (FishNode node :
                group.nodes().stream().filter(node -> node.program().isAlive()).toList()) {
            out.println("hostile " + Vitals.of(node, programs.data()));
        }
        out.println("hostile good: " + good.latencies() + " refused=" + good.refused() + " " + good.refusals());
        findings.wrong().forEach(wrong -> out.println("hostile wrong " + wrong));
        return new Outcome(findings.wrong(), good.latencies(), good.refused());
    }

    private static String lastWords(FishNode node) {
        List<String> output = node.program().output();
        return ":\n  " + String.join("\n  ", output.subList(Math.max(0, output.size() - LAST_LINES), output.size()));
    }
}
