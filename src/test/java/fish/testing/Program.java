package fish.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A running program and the last {@value #LINES_MAX} lines that it printed on both outputs. It ends
 * with {@link #close}, and with this JVM if that is forgotten. Thread-safe.
 */
public final class Program implements AutoCloseable {
    private static final int LINES_MAX = 5_000;
    private static final int LINE_CHARS_MAX = 4_000;
    private static final String READY = "out ready http";
    private static final Duration KILL_MAX = Duration.ofSeconds(60);
    private static final Duration LAST_LINES_MAX = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final AtExit atExit;
    private final Deque<String> lines = new ArrayDeque<>();
    private String ready = "";
    private volatile boolean endWanted;
    private int readers = 2;

    private Program(String name, Process process) {
        this.name = name;
        this.process = process;
        this.atExit = new AtExit("end-" + name, () -> killTree(process.toHandle()));
    }

    /** Starts {@code command} with {@code env} added to this JVM's environment. */
    public static Program start(String name, List<String> command, Map<String, String> env, Path directory) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(env);
        try {
            Program program = of(name, builder.start());
            program.read("out", program.process.getInputStream());
            program.read("err", program.process.getErrorStream());
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    private static Program of(String name, Process process) {
        try {
            return new Program(name, process);
        } catch (IllegalStateException e) {
            // The JVM is going down: nobody would end it any more.
            killTree(process.toHandle());
            throw e;
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What was printed so far to {@code out} or {@code err}, as the lines of one text. */
    public String said(String stream) {
        String mark = stream + " ";
        return output().stream()
                .filter(line -> line.startsWith(mark))
                .map(line -> line.substring(mark.length()))
                .collect(Collectors.joining("\n"));
    }

    /** Everything printed so far, as far as it is kept, each line after {@code "out "} or {@code "err "}. */
    public List<String> output() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** The URL of the line {@code ready http://… …} on standard output. */
    public URI awaitReady(Duration within) {
        String line = awaitLine(within, printed -> printed.startsWith(READY));
        String address = line.substring("out ready ".length());
        int blank = address.indexOf(' ');
        return URI.create(blank < 0 ? address : address.substring(0, blank));
    }

    /**
     * The ready line, however old, or the first kept line that passes {@code wanted}, prefix {@code "out "} or {@code "err "} included.
     *
     * @throws AssertionError with the output, after {@code within} or once the program has ended
     */
    public String awaitLine(Duration within, Predicate<String> wanted) {
        long deadline = System.nanoTime() + within.toNanos();
        synchronized (lines) {
            while (true) {
                if (wanted.test(ready)) {
                    return ready;
                }
                for (String line : lines) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                long left = deadline - System.nanoTime();
                if (left <= 0 || readers == 0) {
                    String why = readers == 0 ? " ended" : " did not print it within " + within;
                    throw new AssertionError(name + why + ":\n" + String.join("\n", lines));
                }
                waitForLine(left);
            }
        }
    }

    /** Whether it is gone although nobody here ended it. */
    public boolean endedByItself() {
        return !isAlive() && !endWanted;
    }

    /** SIGKILL; returns once the process is gone. */
    public void kill9() {
        endWanted = endWanted || isAlive();
        killTree(process.toHandle());
        awaitExit(KILL_MAX);
    }

    /** SIGSTOP: the program stands still, its connections stay open. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** SIGTERM, after waking it if it is paused; gives the exit code. */
    public int terminate(Duration within) {
        if (isAlive()) {
            endWanted = true;
            resume();
            // Not Process.destroy, which closes the streams: what it says while it stops would be lost.
            process.toHandle().destroy();
        }
        return awaitExit(within);
    }

    /**
     * The exit code, once all that was printed is there to read; 128 and more: ended by a signal.
     *
     * @throws AssertionError with the output, after {@code within}
     */
    public int awaitExit(Duration within) {
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs after " + within + ":\n" + String.join("\n", output()));
            }
            awaitLastLines();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + name, e);
        }
    }

    @Override
    public void close() {
        kill9();
        atExit.cancel();
    }

    private void signal(String signal) {
        Shell.run("kill", "-" + signal, Long.toString(pid()));
    }

    private static void killTree(ProcessHandle process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    /** Bounded, since what the program started may live on and hold its outputs open. */
    private void awaitLastLines() {
        long deadline = System.nanoTime() + LAST_LINES_MAX.toNanos();
        synchronized (lines) {
            for (long left = LAST_LINES_MAX.toNanos(); readers > 0 && left > 0; left = deadline - System.nanoTime()) {
                waitForLine(left);
            }
        }
    }

    private void waitForLine(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(lines, Math.max(nanos, 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + name, e);
        }
    }

    private void read(String stream, InputStream from) {
        Thread reader = new Thread(() -> readAll(stream, from), name + "-" + stream);
        reader.setDaemon(true);
        reader.start();
    }

    private void readAll(String stream, InputStream from) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(stream + " " + line.substring(0, Math.min(line.length(), LINE_CHARS_MAX)));
            }
        } catch (IOException e) {
            add(stream + " (unreadable: " + e.getMessage() + ")");
        } finally {
            synchronized (lines) {
                readers--;
                lines.notifyAll();
            }
        }
    }

    private void add(String line) {
        synchronized (lines) {
            if (lines.size() == LINES_MAX) {
                lines.removeFirst();
            }
            lines.addLast(line);
            if (ready.isEmpty() && line.startsWith(READY)) {
                ready = line;
            }
            lines.notifyAll();
        }
    }
}
