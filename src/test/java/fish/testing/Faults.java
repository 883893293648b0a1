package fish.testing;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * One fault after another on a group, chosen by a seed, one at a time, each healed before the next;
 * after {@link #run} all nodes run and the network is whole. Not thread-safe.
 */
public final class Faults {
    private static final int FAULTS_MAX = 1_000;

    private final FishGroup group;
    private final long seed;
    private final Pace pace;
    private final PrintStream log;
    private final Random random;

    /** What can go wrong. */
    public enum Fault {
        KILL_MASTER,
        KILL_NODE,
        KILL_ALL,
        PAUSE_MASTER,
        PAUSE_NODE,
        ISOLATE_MASTER,
        PARTITION
    }

    /**
     * How fast.
     *
     * @param faultMax each fault lasts a random time up to this
     * @param restMin what lies at least between a fault's end and the next one
     * @param restartMax in which a restarted node must be ready
     */
    public record Pace(Duration faultMax, Duration restMin, Duration restartMax) {
        public static Pace usual() {
            return new Pace(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofSeconds(60));
        }
    }

    /** @param log told the seed, and each step before it is taken */
    public Faults(FishGroup group, long seed, Pace pace, PrintStream log) {
        this.group = group;
        this.seed = seed;
        this.pace = pace;
        this.log = log;
        this.random = new Random(seed);
    }

    /**
     * Injects faults, one at least, until {@code length} has passed, then heals; gives what was done, in order.
     *
     * @param among network faults are left out on a group without a network
     */
    public List<Fault> run(Duration length, Set<Fault> among) {
        List<Fault> possible = new ArrayList<>(new TreeSet<>(among));
        if (group.network().isEmpty()) {
            possible.removeAll(Set.of(Fault.ISOLATE_MASTER, Fault.PARTITION));
        }
        if (possible.isEmpty()) {
            throw new IllegalArgumentException("no fault of " + among + " is possible here");
        }
        log.println("faults seed=" + seed + " among=" + possible);
        long deadline = System.nanoTime() + length.toNanos();
        List<Fault> injected = new ArrayList<>();
        try {
            do {
                Fault fault = possible.get(random.nextInt(possible.size()));
                injected.add(fault);
                inject(fault);
                heal();
                Eventually.pause(pace.restMin);
            } while (injected.size() < FAULTS_MAX && System.nanoTime() - deadline < 0);
        } finally {
            heal();
        }
        return injected;
    }

    /** Makes the network whole, wakes who is paused, starts who is dead, and waits until it is ready. */
    public void heal() {
        log.println("faults step=heal");
        group.network().ifPresent(Network::heal);
        for (FishNode node : group.nodes()) {
            if (node.program().isAlive()) {
                node.program().resume();
            }
        }
        group.nodes().forEach(FishNode::start);
        group.nodes().forEach(node -> node.program().awaitReady(pace.restartMax));
    }

    private void inject(Fault fault) {
        long nanos = 1 + (long) (random.nextDouble() * pace.faultMax.toNanos());
        FishNode victim = victim(fault);
        List<FishNode> victims = fault == Fault.KILL_ALL ? group.nodes() : List.of(victim);
        Set<String> side = fault == Fault.PARTITION ? side() : Set.of(victim.name());
        String who = fault == Fault.KILL_ALL ? "all" : String.join(",", new TreeSet<>(side));
        log.println("faults step=" + fault + " nodes=" + who + " millis=" + nanos / 1_000_000);
        switch (fault) {
            case KILL_MASTER, KILL_NODE, KILL_ALL ->
                victims.forEach(node -> node.program().kill9());
            case PAUSE_MASTER, PAUSE_NODE -> victim.program().pause();
            case ISOLATE_MASTER, PARTITION -> group.network().orElseThrow().isolate(side);
        }
        Eventually.pause(Duration.ofNanos(nanos));
    }

    /** The master where one is meant and known; else any node, so that the seed decides. */
    private FishNode victim(Fault fault) {
        FishNode any = group.nodes().get(random.nextInt(group.nodes().size()));
        boolean wantsMaster =
                fault == Fault.KILL_MASTER || fault == Fault.PAUSE_MASTER || fault == Fault.ISOLATE_MASTER;
        if (!wantsMaster) {
            return any;
        }
        return group.backs().stream().filter(FishNode::isMaster).findFirst().orElse(any);
    }

    private Set<String> side() {
        Set<String> side = new TreeSet<>();
        for (FishNode node : group.nodes()) {
            if (random.nextBoolean()) {
                side.add(node.name());
            }
        }
        return side;
    }
}
