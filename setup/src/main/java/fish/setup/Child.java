package fish.setup;

import fish.conf.ProgramException;
import fish.conf.ShellWord;
import fish.run.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node as a process of its own. It stops when its standard input ends, so that it does not outlive this
 * process, however that one dies. Thread-safe.
 */
final class Child implements AutoCloseable {
    private static final int LAST_LINES = 12;
    private static final Duration LAST_LINES_TIMEOUT = Duration.ofSeconds(2);

    /** In the place of an address, of a process that ended. */
    private static final String NEVER = "";

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Consumer<String> said;
    private final Duration stopTimeout;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Deque<String> last = new ArrayDeque<>();
    private @Nullable Process process;
    private boolean closed;

    /**
     * @param environment all of it
     * @param said is given every line, on threads of this class
     * @param stopTimeout after which a process that was asked to stop is killed
     */
    Child(
            String name,
            List<String> command,
            Map<String, String> environment,
            Consumer<String> said,
            Duration stopTimeout) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.said = said;
        this.stopTimeout = stopTimeout;
    }

    String name() {
        return name;
    }

    /** As one would type it. */
    String commandLine() {
        return String.join(
                " ",
                command.stream()
                        .filter(word -> !word.equals("--stop-with-stdin"))
                        .map(ShellWord::of)
                        .toList());
    }

    synchronized long pid() {
        return process == null ? -1 : process.pid();
    }

    synchronized void start() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process started = builder.start();
            process = started;
            List<Thread> relays = List.of(
                    Threads.daemon("fish-out-" + name, () -> relay(started.getInputStream())),
                    Threads.daemon("fish-err-" + name, () -> relay(started.getErrorStream())));
            relays.forEach(Thread::start);
            Threads.daemon("fish-end-" + name, () -> awaitEnd(started, relays)).start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
    }

    /** Returns where it serves. */
    String awaitReady(Duration timeout) throws ProgramException, InterruptedException {
        try {
            String url = ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (url.equals(NEVER)) {
                throw notReady("ended before it was ready");
            }
            return url;
        } catch (TimeoutException e) {
            throw notReady("is not ready after " + timeout.toSeconds() + " s").because(e);
        } catch (ExecutionException e) {
            throw notReady("cannot be waited for").because(e);
        }
    }

    private ProgramException notReady(String reason) {
        synchronized (last) {
            return ProgramException.failed(name + " " + reason + "; its last lines:\n  " + String.join("\n  ", last));
        }
    }

    private void relay(InputStream output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            said.accept("its output broke off: " + e);
        }
    }

    private void heard(String line) {
        synchronized (last) {
            if (last.size() == LAST_LINES) {
                last.remove();
            }
            last.add(line);
        }
        if (line.startsWith("ready ")) {
            ready.complete(line.split(" ", 3)[1]);
        } else {
            said.accept(line);
        }
    }

    private void awaitEnd(Process started, List<Thread> relays) {
        try {
            int exitCode = started.waitFor();
            for (Thread relay : relays) {
                relay.join(LAST_LINES_TIMEOUT.toMillis());
            }
            ended(exitCode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void ended(int exitCode) {
        boolean served = !ready.complete(NEVER);
        if (served && !closed) {
            said.accept("ended with exit code " + exitCode + "; to start it again: " + commandLine());
        }
    }

    /** Asks it to stop; does not wait. */
    synchronized void askToStop() {
        closed = true;
        if (process != null) {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                process.destroyForcibly();
            }
        }
    }

    /** Returns when it is gone. */
    @Override
    public void close() {
        askToStop();
        Process leaving;
        synchronized (this) {
            leaving = process;
        }
        if (leaving == null) {
            return;
        }
        try {
            if (!leaving.waitFor(stopTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                said.accept("did not stop in " + stopTimeout.toSeconds() + " s: killed");
                leaving.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            leaving.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
