package fish.faults;

import fish.testing.Eventually;
import fish.testing.Faults;
import fish.testing.Faults.Fault;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;

/**
 * Some who want one lock, each for commands that ignore TERM, while nodes and holders are killed, paused and cut off: no
 * two commands may have run at one time, and who came later must have the larger fencing token. Once, by one thread.
 */
final class LockRuns {
    private static final String KEY = "lock/soak";
    private static final int CONTENDERS = 3;
    private static final int RUNS_MAX = 2_000;
    private static final int BEATS_MAX = 30;

    /** For longer than the lock lives without its holder. */
    private static final int BEATS_LONG = 250;

    private static final int LONG_ONE_IN = 5;
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final Duration RUN_MAX = Duration.ofMinutes(3);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(9);

    /** Those of the contract: the command's, not in time, lost; and of a holder that is killed here. */
    private static final Set<Integer> EXITS = Set.of(0, 75, 76, 137);

    /** The fencing token, then the time again and again: what the lock must never let two do at once. */
    private static final String BEATING = "trap '' TERM; echo \"$FISH_LOCK_REVISION\" > \"$0\"; i=0;"
            + " while [ $i -lt $1 ]; do date +%s%N >> \"$0\"; sleep 0.05; i=$((i + 1)); done";

    private static final int NANO_TIME_DIGITS = 19;

    private final Stage stage;
    private final long seed;
    private final PrintStream log;
    private final AtomicReferenceArray<Program> running = new AtomicReferenceArray<>(CONTENDERS);
    private final Map<Integer, Integer> exits = new TreeMap<>();
    private final List<String> complaints = new ArrayList<>();

    private enum HolderFault {
        KILL,
        PAUSE
    }

    private record Held(long revision, long firstNanos, long lastNanos, String who) {}

    LockRuns(Stage stage, long seed, PrintStream log) {
        this.stage = stage;
        this.seed = seed;
        this.log = log;
    }

    /** @throws AssertionError if two ran at once, out of order, or ended in a way that nobody promised */
    void run(Duration length, Faults.Pace pace) throws IOException {
        Path beats = Files.createDirectory(stage.programs().data().resolve("beats"));
        introduce();
        long deadline = System.nanoTime() + length.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONTENDERS; i++) {
            int number = i;
            Thread thread = new Thread(() -> contend(number, beats, deadline), "contender-" + number);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        harm(deadline, pace);
        for (Thread thread : threads) {
            join(thread);
        }
        int helds = verify(beats);
        log.println("locks seed=" + seed + " held=" + helds + " exits=" + exits);
    }

    /** Whom the programs are to ask, and how they get in. */
    private void introduce() {
        Programs programs = stage.programs();
        programs.environment(
                "FISH_URL",
                stage.group().frontUrls().stream()
                        .map(url -> url.toString().replaceAll("/$", ""))
                        .collect(Collectors.joining(",")));
        stage.group().access().token().ifPresent(token -> {
            programs.environment("FISH_TOKEN", token);
            programs.environment("FISH_CA", programs.data().resolve("ca/ca.crt").toString());
        });
    }

    private void contend(int number, Path beats, long deadline) {
        Random random = new Random(seed * 31 + number);
        try {
            for (int i = 0; i < RUNS_MAX && System.nanoTime() - deadline < 0; i++) {
                int count = random.nextInt(LONG_ONE_IN) == 0 ? BEATS_LONG : 1 + random.nextInt(BEATS_MAX);
                hold(number, beats.resolve(number + "-" + i), count);
            }
        } catch (AssertionError e) {
            complain(e.toString());
        }
    }

    private void hold(int number, Path beats, int count) {
        List<String> arguments = List.of(
                "lock",
                KEY,
                "--ttl",
                "5s",
                "--wait",
                WAIT_MAX.toSeconds() + "s",
                "--",
                "sh",
                "-c",
                BEATING,
                beats.toString(),
                Integer.toString(count));
        try (Program lock = stage.programs().start("lock-" + number, List.of(), "fish", arguments)) {
            running.set(number, lock);
            int exit = lock.awaitExit(RUN_MAX);
            synchronized (this) {
                exits.merge(exit, 1, Integer::sum);
            }
            boolean nobodyThere = exit == 1 && lock.said("err").contains("no front-end answers");
            if (!EXITS.contains(exit) && !nobodyThere) {
                complain("exit code " + exit + " of " + beats.getFileName() + ": " + lock.output());
            }
        }
    }

    private synchronized void complain(String what) {
        complaints.add(what);
        log.println("locks complaint=" + what);
    }

    private void harm(long deadline, Faults.Pace pace) {
        Random random = new Random(seed);
        List<Fault> faults = List.of(Fault.values());
        for (int i = 0; System.nanoTime() - deadline < 0; i++) {
            if (random.nextBoolean()) {
                harmHolder(random);
            } else {
                Fault fault = faults.get(random.nextInt(faults.size()));
                new Faults(stage.group(), seed + i, pace, log).run(Duration.ofMillis(100), Set.of(fault));
            }
            Eventually.pause(Duration.ofMillis(500 + random.nextInt(2_000)));
        }
    }

    /** The holder, or somebody who waits. */
    private void harmHolder(Random random) {
        Program victim = running.get(random.nextInt(CONTENDERS));
        if (victim == null || !victim.isAlive()) {
            return;
        }
        HolderFault fault = random.nextBoolean() ? HolderFault.KILL : HolderFault.PAUSE;
        log.println("locks step=" + fault + " of=" + victim.name());
        switch (fault) {
            // It alone: its command lives on.
            case KILL -> ProcessHandle.of(victim.pid()).ifPresent(ProcessHandle::destroyForcibly);
            case PAUSE -> pause(victim, Duration.ofMillis(1 + random.nextInt((int) PAUSE_MAX.toMillis())));
        }
    }

    private static void pause(Program victim, Duration length) {
        try {
            victim.pause();
            Eventually.pause(length);
            victim.resume();
        } catch (AssertionError e) {
            if (victim.isAlive()) {
                throw e;
            }
            // It ended before it could be told.
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(RUN_MAX.multipliedBy(2).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError(thread.getName() + " does not end");
        }
    }

    /** Gives how often it was held. */
    private int verify(Path beats) throws IOException {
        List<Held> helds = new ArrayList<>();
        try (var files = Files.list(beats)) {
            for (Path file : files.toList()) {
                helds.addAll(held(file));
            }
        }
        helds.sort(Comparator.comparingLong(Held::firstNanos));
        for (int i = 1; i < helds.size(); i++) {
            Held before = helds.get(i - 1);
            Held after = helds.get(i);
            if (before.lastNanos() >= after.firstNanos() || before.revision() >= after.revision()) {
                complain("two at once, or out of order: " + before + ", " + after);
            }
        }
        if (helds.isEmpty()) {
            complain("nobody ever held it");
        }
        if (!complaints.isEmpty()) {
            throw new AssertionError("seed " + seed + ": " + complaints);
        }
        return helds.size();
    }

    /** None, of a command that was killed before it said anything. */
    private static List<Held> held(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Long> times = lines.stream()
                .skip(1)
                .filter(line -> line.length() == NANO_TIME_DIGITS)
                .map(Long::valueOf)
                .toList();
        return times.isEmpty()
                ? List.of()
                : List.of(new Held(
                        Long.parseLong(lines.get(0)),
                        times.get(0),
                        times.get(times.size() - 1),
                        file.getFileName().toString()));
    }
}
