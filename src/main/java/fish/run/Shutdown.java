package fish.run;

import fish.conf.ProgramException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * The end of a process, asked for by a signal, by the end of standard input, or from inside. The first
 * request closes everything, in order, and has {@link #await} return; a second signal, or the time limit, ends
 * the process at once. Thread-safe.
 */
public final class Shutdown {
    private final AutoCloseable everything;
    private final Duration limit;
    private final EventLog events;
    private final IntConsumer halt;
    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private boolean requested;

    /** @param halt ends the process with an exit code, at once, as {@code Runtime.halt} does */
    public Shutdown(AutoCloseable everything, Duration limit, EventLog events, IntConsumer halt) {
        this.everything = everything;
        this.limit = limit;
        this.events = events;
        this.halt = halt;
    }

    /** From now on SIGTERM and SIGINT are requests, which end in exit code 0. */
    public void onSignals() {
        if (!Signals.handle(this::signalled)) {
            events.log("warning", "message", "this JVM hands out no signals: stopping will not be clean");
        }
    }

    /** From now on the end of {@code input} is a request, which ends in exit code 0. Bytes in it are ignored. */
    public void onEndOf(InputStream input) {
        Threads.daemon("fish-stdin", () -> {
                    try {
                        while (input.read() >= 0) {}
                    } catch (IOException e) {
                        events.log("stdin-broken", "error", e);
                    }
                    request("end-of-input", 0);
                })
                .start();
    }

    /** Does not block. Any thread may ask; whoever asks later changes nothing. */
    public void request(String reason, int exitCode) {
        if (isFirst()) {
            events.log("stopping", "reason", reason);
            Threads.daemon("fish-shutdown", () -> closeEverything(exitCode)).start();
            Threads.daemon("fish-shutdown-limit", this::haltWhenLate).start();
        }
    }

    /** A signal while the process is stopping already is from somebody who will not wait. */
    void signalled(String name) {
        if (isRequested()) {
            stopNow("SIG" + name);
        } else {
            request("SIG" + name, 0);
        }
    }

    public synchronized boolean isRequested() {
        return requested;
    }

    /** Waits for a request, however long that takes, and then until everything is closed. Returns the exit code. */
    public int await() throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void closeEverything(int exitCode) {
        int result = exitCode;
        try {
            everything.close();
            events.log("stopped");
        } catch (Exception e) {
            events.log("stopped-badly", "error", e);
            result = ProgramException.FAILED;
        } finally {
            done.complete(result);
        }
    }

    private void haltWhenLate() {
        try {
            done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            stopNow("not closed after " + limit.toMillis() + " ms");
        } catch (InterruptedException | ExecutionException e) {
            stopNow(e.toString());
        }
    }

    private synchronized boolean isFirst() {
        boolean first = !requested;
        requested = true;
        return first;
    }

    private void stopNow(String reason) {
        events.log("stop-now", "reason", reason);
        halt.accept(ProgramException.FAILED);
    }
}
