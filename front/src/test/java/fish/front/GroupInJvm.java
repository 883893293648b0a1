package fish.front;

import fish.back.BackNode;
import fish.back.BackSettings;
import fish.conf.ProgramException;
import fish.conf.Setting;
import fish.conf.SettingValues;
import fish.conf.Sources;
import fish.conf.Surroundings;
import fish.home.Entry;
import fish.home.Home;
import fish.home.Role;
import fish.run.EventLog;
import fish.run.Node;
import fish.testing.Eventually;
import fish.testing.FreePorts;
import fish.testing.HttpProbe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A group in this JVM, on loopback: back-ends {@code b0}, {@code b1} … and front-ends {@code r0} …, with
 * real environments and sockets. Each can be stopped cleanly and started again at the same addresses. Its nodes
 * bear that all of this JVM stands still for some seconds. For one thread.
 */
final class GroupInJvm implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration PROBE = Duration.ofSeconds(70);

    private final Path directory;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final EventLog events = new EventLog(new PrintStream(log, true, StandardCharsets.UTF_8), Clock.systemUTC());
    private final List<String> failures = new CopyOnWriteArrayList<>();

    /** Nothing runs yet. Homes are made under {@code directory}. */
    GroupInJvm(Path directory, int backs, int fronts) {
        this.directory = directory;
        for (int i = 0; i < backs; i++) {
            add("b" + i, Role.BACK);
        }
        for (int i = 0; i < fronts; i++) {
            add("r" + i, Role.FRONT);
        }
    }

    private void add(String name, Role role) {
        members.put(name, new Member(name, role, FreePorts.any(), FreePorts.any()));
    }

    /** One place in the group, with or without a node that runs. */
    final class Member {
        private final String name;
        private final Role role;
        private int port;
        private final HttpProbe probe;
        private final Map<String, String> ownOptions = new LinkedHashMap<>();
        private @Nullable Home home;
        private @Nullable Node node;

        private Member(String name, Role role, int port, int httpPort) {
            this.name = name;
            this.role = role;
            this.port = port;
            this.probe = HttpProbe.of(URI.create("http://localhost:" + httpPort), PROBE);
        }

        String name() {
            return name;
        }

        HttpProbe probe() {
            return probe;
        }

        boolean isMaster() {
            return node != null && role == Role.BACK && probe.isOk("/health/ready?master");
        }

        private Map<String, String> options() {
            Map<String, String> options = new LinkedHashMap<>(Map.of(
                    "dir", directory.resolve(name).toString(),
                    "address", "localhost:" + port,
                    "port", "" + probe.base().getPort(),
                    "cache", "16MiB",
                    "heartbeat", "200ms",
                    "replica-timeout", "12s",
                    "shutdown-timeout", "3s"));
            if (role == Role.BACK) {
                options.put("feeder-timeout", "8s");
                options.put("free-disk", "0");
            }
            Member first = member("b0");
            if (this == first) {
                options.put("want-master", "true");
            } else {
                options.put("buddy", "localhost:" + first.port);
            }
            options.putAll(ownOptions);
            return options;
        }

        private void start() throws ProgramException {
            Path dir = directory.resolve(name);
            if (!dir.toFile().exists()) {
                Home.make(dir, Clock.systemUTC());
            }
            Home opened = Home.open(dir, role);
            home = opened;
            Node made = role == Role.BACK ? back(opened) : front(opened);
            node = made;
            made.start();
        }

        private Node back(Home opened) throws ProgramException {
            BackSettings settings = BackSettings.from(values(BackSettings.SETTINGS), surroundings());
            Entry entry = opened.entry(
                    "fish",
                    name,
                    settings.get(BackSettings.WANT_MASTER),
                    settings.node().buddies());
            return new BackNode(settings, opened, entry, events, failures::add);
        }

        private Node front(Home opened) throws ProgramException {
            FrontSettings settings = FrontSettings.from(values(FrontSettings.SETTINGS), surroundings());
            Entry entry = opened.entry("fish", name, false, settings.node().buddies());
            return new FrontNode(settings, opened, entry, events, failures::add);
        }

        private SettingValues values(List<Setting<?>> known) {
            return SettingValues.resolve(known, Sources.ofOptions(options()));
        }

        private Surroundings surroundings() {
            PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
            return new Surroundings(
                    Map.of(), directory, directory, new ByteArrayInputStream(new byte[0]), out, out, Clock.systemUTC());
        }

        private void stop() {
            Node running = node;
            Home held = home;
            node = null;
            home = null;
            if (running != null) {
                running.close();
            }
            if (held != null) {
                held.close();
            }
        }
    }

    /** {@code b0} founds the group, all others join it side by side; returns when all serve. */
    void start() {
        start("b0");
        List<String> others = new ArrayList<>(members.keySet());
        others.remove("b0");
        start(others.toArray(String[]::new));
    }

    /** Starts those side by side, and waits until all serve. */
    void start(String... names) {
        List<CompletableFuture<Void>> starting = new ArrayList<>();
        for (String name : names) {
            CompletableFuture<Void> started = new CompletableFuture<>();
            starting.add(started);
            Thread thread = new Thread(() -> run(member(name), started), "start-" + name);
            thread.setDaemon(true);
            thread.start();
        }
        starting.forEach(started ->
                started.orTimeout(START.toSeconds(), TimeUnit.SECONDS).join());
    }

    private static void run(Member member, CompletableFuture<Void> started) {
        try {
            member.start();
            started.complete(null);
        } catch (ProgramException | RuntimeException e) {
            started.completeExceptionally(e);
        }
    }

    /** Stops it as SIGTERM would. */
    void stop(String name) {
        member(name).stop();
    }

    /** Where it replicates, on loopback. */
    int port(String name) {
        return member(name).port;
    }

    /** From its next start on it has this option. */
    void option(String name, String option, String value) {
        member(name).ownOptions.put(option, value);
    }

    /** From its next start on it is at another address. */
    void move(String name) {
        member(name).port = FreePorts.any();
    }

    /** From its next start on it is at that port. */
    void moveTo(String name, int port) {
        member(name).port = port;
    }

    /** Stops it, if it runs, and puts its home aside. */
    void wipe(String name) throws ProgramException {
        stop(name);
        Home.moveAside(directory.resolve(name), Clock.systemUTC());
    }

    Member member(String name) {
        Member found = members.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return found;
    }

    HttpProbe probe(String name) {
        return member(name).probe();
    }

    /** The back-end that says that it is serving master, once exactly one does. */
    String master(Duration within) {
        return Eventually.eventuallyGet(within, () -> {
            List<String> masters = members.values().stream()
                    .filter(Member::isMaster)
                    .map(Member::name)
                    .toList();
            if (masters.size() != 1) {
                throw new AssertionError("masters: " + masters);
            }
            return masters.get(0);
        });
    }

    /** What all nodes told, a line each. */
    List<String> log() {
        return log.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Why nodes could not go on. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Stops all, the front-ends first. May come twice. */
    @Override
    public void close() {
        List<Member> all = new ArrayList<>(members.values());
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).stop();
        }
    }
}
