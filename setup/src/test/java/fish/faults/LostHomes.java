package fish.faults;

import fish.testing.Eventually;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.SmallDisk;
import fish.testing.load.AckedWrites;
import fish.testing.load.Load;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Harm to the homes of three back-ends under load, one after the other, so that a majority of disks always
 * survives: every acknowledged write must be there in the end, and every node come back by itself. Once, by
 * one thread.
 */
final class LostHomes {
    private static final int CLIENTS = 3;
    private static final int OPS_MAX = 6_000;
    private static final Duration LOAD_MAX = Duration.ofMinutes(20);
    private static final Duration REQUEST_MAX = Duration.ofSeconds(5);
    private static final Duration LOADED = Duration.ofSeconds(2);
    private static final Duration AWAY = Duration.ofSeconds(15);
    private static final Duration HELD = Duration.ofSeconds(6);
    private static final int DISK_MEGABYTES = 400;

    private final Stage stage;
    private final Tally tally;
    private final PrintStream log;
    private final Random random;
    private final long seed;
    private final HomeFiles files;

    /** What is done to a home, with the others up or down. */
    enum Harm {
        WIPED_OTHERS_UP,
        WIPED_ONE_OTHER_DOWN,
        WIPED_OTHERS_DOWN,
        /** One of the two that are left missed the last writes: it and the blank one are a majority of nothing. */
        WIPED_BESIDE_STALE,
        LATE_RETURN,
        FLIPPED_BYTE,
        FULL_DISK,
        GROWN
    }

    LostHomes(Stage stage, long seed, Tally tally, PrintStream log) {
        this.stage = stage;
        this.seed = seed;
        this.tally = tally;
        this.log = log;
        this.random = new Random(seed);
        this.files = new HomeFiles(stage.programs(), random);
    }

    /** Each harm once, in an order drawn, growth last since it changes what a majority is. */
    void play() throws IOException {
        List<Harm> harms = new ArrayList<>(List.of(Harm.values()));
        harms.remove(Harm.GROWN);
        Collections.shuffle(harms, random);
        harms.add(Harm.GROWN);
        play(harms);
    }

    void play(List<Harm> harms) throws IOException {
        Load load = new Load(stage.group().frontProbes(), seed, CLIENTS, OPS_MAX, LOAD_MAX, REQUEST_MAX);
        AckedWrites acked = new AckedWrites(load, "quorum");
        try (Availability availability = new Availability(stage.group().frontProbes())) {
            availability.start();
            acked.start();
            for (Harm harm : harms) {
                long before = System.nanoTime();
                harm(harm);
                recover(harm);
                tally.gap(harm.name(), availability.longestGap(before));
            }
        } finally {
            acked.close();
        }
        log.println("homes seed=" + seed + " succeeded=" + acked.succeeded());
        if (!acked.complaints().isEmpty()) {
            throw new AssertionError("seed " + seed + ": " + acked.complaints());
        }
        acked.verify(stage.patient(stage.group().front(0)));
    }

    private void harm(Harm harm) throws IOException {
        List<FishNode> backs = new ArrayList<>(stage.group().backs());
        Collections.shuffle(backs, random);
        FishNode victim = backs.get(0);
        FishNode second = backs.get(1);
        FishNode third = backs.get(2);
        log.println("homes seed=" + seed + " harm=" + harm + " node=" + victim.name() + " others=" + second.name() + ","
                + third.name());
        Eventually.pause(LOADED);
        switch (harm) {
            case WIPED_OTHERS_UP -> kill(victim);
            case WIPED_ONE_OTHER_DOWN -> kill(victim, second);
            case WIPED_OTHERS_DOWN -> kill(victim, second, third);
            case WIPED_BESIDE_STALE -> besideStale(victim, second, third);
            case LATE_RETURN -> {
                kill(victim);
                Eventually.pause(AWAY);
            }
            case FLIPPED_BYTE -> {
                kill(victim);
                log.println("homes seed=" + seed + " flipped=" + files.flip(victim));
            }
            case FULL_DISK -> fill(victim);
            case GROWN -> grow();
        }
        if (harm.name().startsWith("WIPED") && harm != Harm.WIPED_BESIDE_STALE) {
            wipe(victim);
            Eventually.pause(HELD);
        }
    }

    private static void kill(FishNode... nodes) {
        for (FishNode node : nodes) {
            node.program().kill9();
        }
    }

    /** A new home, and the same line as ever with somebody to ask. */
    private void wipe(FishNode node) {
        stage.group().setup(node, "--force");
        String buddies = stage.others(node).stream().map(FishNode::address).collect(Collectors.joining(","));
        node.start("--buddy", buddies);
    }

    private void besideStale(FishNode victim, FishNode stale, FishNode whole) {
        kill(stale);
        Eventually.pause(LOADED);
        // Served by two; what they acknowledge now the stale one does not have.
        stage.awaitServed();
        Eventually.pause(LOADED);
        kill(victim, whole);
        wipe(victim);
        stale.start();
        Eventually.pause(HELD);
        if (isServed()) {
            tally.violation("seed=" + seed + " writes are taken by a blank home and one that missed writes: "
                    + victim.name() + ", " + stale.name());
        }
    }

    private boolean isServed() {
        HttpProbe probe = stage.patient(stage.group().front(0));
        try {
            HttpAnswer answer =
                    probe.put("beside-stale", "x").param("timeout", "2s").send();
            return answer.isSuccess();
        } catch (IOException e) {
            return false;
        }
    }

    /** All of its disk is taken by somebody else; it must outlive that. */
    private void fill(FishNode node) throws IOException {
        kill(node);
        SmallDisk disk = files.onSmallDisk(node, DISK_MEGABYTES);
        try {
            node.start();
            node.program().awaitReady(Stage.SOON);
            disk.fill(0);
            Eventually.pause(AWAY);
            disk.makeRoom();
            awaitReady(node);
        } catch (AssertionError e) {
            tally.repaired("seed=" + seed + " full disk: " + e.getMessage());
        } finally {
            // One that ended by itself is counted as such.
            if (node.program().isAlive()) {
                kill(node);
            }
            disk.moveBack();
        }
    }

    /** Fails at once where the node has ended. */
    private void awaitReady(FishNode node) {
        boolean alive = stage.eventually(() -> {
            if (node.program().isAlive() && !node.probe().isOk("/health/ready")) {
                throw new AssertionError(node.name() + " is not ready");
            }
            return node.program().isAlive();
        });
        if (!alive) {
            throw new AssertionError(node.name() + " ended\n" + stage.told());
        }
    }

    /** One more, and out again where that can be asked for. */
    private void grow() throws IOException {
        FishNode grown = stage.group().grow();
        grown.program().awaitReady(Stage.SOON);
        stage.awaitServed();
        HttpAnswer answer = stage.patient(stage.group().front(0))
                .request("DELETE", "/cluster/nodes/" + grown.name())
                .send();
        log.println("homes seed=" + seed + " removed=" + grown.name() + " status=" + answer.status());
        if (answer.isSuccess()) {
            grown.program().kill9();
            stage.group().shrink();
        }
    }

    /** Whoever is down is started as ever; whoever does not come back so is given a new home. */
    private void recover(Harm harm) {
        for (FishNode node : stage.group().nodes()) {
            node.start();
        }
        for (FishNode node : stage.group().nodes()) {
            try {
                awaitReady(node);
            } catch (AssertionError e) {
                tally.repaired("seed=" + seed + " harm=" + harm + " " + e.getMessage());
                if (node.program().isAlive()) {
                    kill(node);
                }
                wipe(node);
                awaitReady(node);
            }
        }
        stage.awaitServed();
    }
}
