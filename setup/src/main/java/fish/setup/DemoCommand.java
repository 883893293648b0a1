package fish.setup;

import com.fasterxml.jackson.databind.ObjectMapper;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.conf.Version;
import fish.run.Closing;
import fish.run.EventLog;
import fish.run.Shutdown;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A whole group of processes on this machine, for as long as this one runs. */
@Command(
        name = "bin/demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Starts a group on this machine, says what to try, and stops it on Ctrl-C.")
public final class DemoCommand implements Callable<Integer> {
    private static final int NODES_MAX = 20;
    private static final int FRONT_PORT = 8000;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

    /** A demo is not a server: it should be up soon, and five JVMs should fit. */
    private static final String JAVA_OPTIONS = "-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Surroundings surroundings;
    private final IntConsumer halt;

    @Option(names = "--backs", paramLabel = "N", description = "Back-ends; default: 3.")
    private int backs = 3;

    @Option(names = "--fronts", paramLabel = "N", description = "Front-ends; default: 2.")
    private int fronts = 2;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "HTTP of the first front-end; default: 8000, or the next that is free.")
    private int port;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where the homes lie; those already there are used again. Default: a temporary one.")
    private String dir = "";

    @Option(names = "--keep", description = "Keep the homes in the end.")
    private boolean keep;

    /** @param halt see {@link Shutdown} */
    public DemoCommand(Surroundings surroundings, IntConsumer halt) {
        this.surroundings = surroundings;
        this.halt = halt;
    }

    @Override
    public Integer call() throws ProgramException, InterruptedException {
        check();
        try (Closing closing = new Closing()) {
            EventLog events = new EventLog(surroundings.err(), surroundings.clock());
            Shutdown shutdown = new Shutdown(closing, STOP_TIMEOUT.multipliedBy(3), events, halt);
            shutdown.onSignals();
            DemoHomes homes = closing.add(new DemoHomes(keep));
            Path parent = dir.isEmpty()
                    ? homes.temporary()
                    : surroundings.workingDirectory().resolve(dir).normalize();
            DemoPlan plan = plan(parent);
            for (DemoPlan.Planned node : plan.all()) {
                if (node.fresh()) {
                    homes.make(node.home(), surroundings.clock());
                }
            }
            List<Child> backNodes = children(plan.backs());
            List<Child> frontNodes = children(plan.fronts());
            closing.add(() -> stop(backNodes));
            closing.add(() -> stop(frontNodes));
            try {
                start(plan, backNodes, frontNodes);
                tellWhatToTry(plan, backNodes, parent);
            } catch (ProgramException | RuntimeException e) {
                if (!shutdown.isRequested()) {
                    throw e;
                }
            }
            return shutdown.await();
        }
    }

    private void check() throws ProgramException {
        List<String> problems = new ArrayList<>();
        if (backs < 1 || fronts < 1 || backs + fronts > NODES_MAX) {
            problems.add("--backs and --fronts: at least one of each, at most %d in all".formatted(NODES_MAX));
        }
        if (port < 0 || port + fronts > 65_536) {
            problems.add("--port is a number from 1 to 65535, with room for the front-ends");
        }
        if (!problems.isEmpty()) {
            throw ProgramException.wrong(problems);
        }
        if (port > 0 && !Ports.areFree(port, fronts)) {
            throw ProgramException.failed("the ports %d to %d are not all free: choose others with --port"
                    .formatted(port, port + fronts - 1));
        }
    }

    private DemoPlan plan(Path homes) throws ProgramException {
        int frontPort = port > 0 ? port : Ports.adjacent(FRONT_PORT, fronts);
        return DemoPlan.of(
                backs, fronts, frontPort, homes, surroundings.installation().resolve("bin"));
    }

    /** The first node founds the group and must stand before others can join; a group that has been is a majority's. */
    private void start(DemoPlan plan, List<Child> backNodes, List<Child> frontNodes)
            throws ProgramException, InterruptedException {
        Child founder = backNodes.get(0);
        List<Child> others = new ArrayList<>(backNodes.subList(1, backNodes.size()));
        others.addAll(frontNodes);
        launch(founder);
        if (plan.backs().get(0).fresh()) {
            awaitReady(founder);
            others.forEach(this::launch);
        } else {
            others.forEach(this::launch);
            awaitReady(founder);
        }
        for (Child other : others) {
            awaitReady(other);
        }
    }

    private void launch(Child node) {
        node.start();
        say(node.name(), "starts, pid " + node.pid());
    }

    private void awaitReady(Child node) throws ProgramException, InterruptedException {
        say(node.name(), "is ready at " + node.awaitReady(READY_TIMEOUT));
    }

    private List<Child> children(List<DemoPlan.Planned> planned) {
        Map<String, String> environment = new TreeMap<>(surroundings.environment());
        environment.keySet().removeIf(name -> name.startsWith("FISH_") || name.equals("PORT"));
        environment.put(
                "FISH_JAVA_OPTS",
                JAVA_OPTIONS + " " + surroundings.environment().getOrDefault("FISH_JAVA_OPTS", ""));
        return planned.stream()
                .map(node -> new Child(
                        node.name(), node.command(), environment, line -> say(node.name(), line), STOP_TIMEOUT))
                .toList();
    }

    private void stop(List<Child> nodes) {
        nodes.forEach(Child::askToStop);
        nodes.forEach(Child::close);
    }

    private void tellWhatToTry(DemoPlan plan, List<Child> backNodes, Path homes) {
        String first = plan.fronts().get(0).url();
        String last = plan.fronts().get(plan.fronts().size() - 1).url();
        String master = master(first);
        String pid = backNodes.stream()
                .filter(node -> node.name().equals(master))
                .map(node -> " " + node.pid())
                .findFirst()
                .orElse("");
        String text = """

                The group serves. Its homes are in %s. Try, in another terminal:

                  curl -X PUT %s/kv/hello -d world
                  curl %s/kv/hello
                  curl %s/cluster

                The master is %s. Kill it, and go on reading and writing:

                  kill -9%s

                Ctrl-C stops everything.
                """.formatted(homes, first, last, last, master, pid);
        synchronized (surroundings.out()) {
            surroundings.out().println(text);
            surroundings.out().flush();
        }
    }

    /** As a front-end sees it; the founder where that does not answer. */
    private static String master(String front) {
        try {
            URLConnection connection = URI.create(front + "/cluster").toURL().openConnection();
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(5_000);
            try (InputStream body = connection.getInputStream()) {
                return new ObjectMapper().readTree(body).path("master").asText("b0");
            }
        } catch (IOException e) {
            return "b0";
        }
    }

    private void say(String node, String line) {
        synchronized (surroundings.out()) {
            surroundings.out().println(node + " | " + line);
            surroundings.out().flush();
        }
    }
}
