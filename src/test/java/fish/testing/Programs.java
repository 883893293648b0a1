package fish.testing;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The programs of one built Fish, with a temporary directory as their {@code FISH_DATA}. Closing ends
 * all that were started here and deletes the directory. Thread-safe.
 */
public final class Programs implements AutoCloseable {
    /** System property: the directory that holds {@code bin/}. */
    public static final String HOME = "fish.home";

    private static final Duration DELETED_MAX = Duration.ofSeconds(20);
    private static final Duration SETUP_MAX = Duration.ofMinutes(2);

    private final Path home;
    private final Path data;
    private final List<Program> started = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final AtExit atExit = new AtExit("delete-data", this::end);
    private String javaOptions = "";

    private Programs(Path home, Path data) {
        this.home = home;
        this.data = data;
    }

    /** Those under the system property {@link #HOME}. */
    public static Programs ofBuild() throws IOException {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new AssertionError("system property " + HOME + " names no built Fish");
        }
        return at(Path.of(home));
    }

    public static Programs at(Path home) throws IOException {
        return new Programs(home.toAbsolutePath(), Files.createTempDirectory("fish-data-"));
    }

    /** Options for the JVM of each program started from now on, such as {@code -Xmx128m -Dname=value}. */
    public synchronized void javaOptions(String options) {
        javaOptions = options;
    }

    /** A variable in the environment of each program started from now on. */
    public synchronized void environment(String name, String value) {
        environment.put(name, value);
    }

    /** Where the nodes' homes lie. */
    public Path data() {
        return data;
    }

    /** A loopback port that is free, and given to no one else here. */
    public int freePort() {
        return FreePorts.any();
    }

    /** Runs {@code bin/setup NAME …}; fails unless it exits with 0 within two minutes. */
    public void setup(String... arguments) {
        try (Program setup = start("setup", List.of(), "setup", List.of(arguments))) {
            int exit = setup.awaitExit(SETUP_MAX);
            if (exit != 0) {
                throw new AssertionError("setup exits with " + exit + ":\n" + String.join("\n", setup.output()));
            }
        }
    }

    public Program back(String... arguments) {
        return start("back", List.of(), "back", List.of(arguments));
    }

    public Program front(String... arguments) {
        return start("front", List.of(), "front", List.of(arguments));
    }

    /**
     * Starts {@code bin/PROGRAM arguments…}.
     *
     * @param name of the program in messages and threads
     * @param prefix what goes before the command, such as {@code ip netns exec NAMESPACE}
     */
    public Program start(String name, List<String> prefix, String program, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        Map<String, String> env = new HashMap<>();
        env.put("FISH_DATA", data.toString());
        synchronized (this) {
            env.putAll(environment);
            if (!javaOptions.isEmpty()) {
                env.put("FISH_JAVA_OPTS", javaOptions);
            }
        }
        Program running = Program.start(name, command, env, data);
        synchronized (started) {
            started.stream().filter(earlier -> !earlier.isAlive()).forEach(Program::close);
            started.removeIf(earlier -> !earlier.isAlive());
            started.add(running);
        }
        return running;
    }

    @Override
    public void close() {
        end();
        atExit.cancel();
    }

    private void end() {
        List<Program> toEnd;
        synchronized (started) {
            toEnd = List.copyOf(started);
            started.clear();
        }
        toEnd.forEach(Program::close);
        // What they had started may take a moment to end, and write until then.
        Eventually.eventually(DELETED_MAX, () -> deleteTree(data));
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
