package fish.run;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Closes what was opened, the last first. What is added after the close is closed at once. One failure
 * does not keep the others open. May be closed twice: the second close waits for the first. Thread-safe.
 */
public final class Closing implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Object oneCloser = new Object();
    private boolean closed;

    /** Returns what it was given. */
    public <T extends AutoCloseable> T add(T opened) {
        synchronized (open) {
            if (!closed) {
                open.push(opened);
                return opened;
            }
        }
        Exception failure = close(opened, null);
        if (failure != null) {
            throw new IllegalStateException("cannot close what came after the close", failure);
        }
        return opened;
    }

    /** @throws IllegalStateException for the first failure, with the others in it; all has been tried */
    @Override
    public void close() {
        synchronized (open) {
            closed = true;
        }
        Exception failure = null;
        synchronized (oneCloser) {
            for (AutoCloseable next = take(); next != null; next = take()) {
                failure = close(next, failure);
            }
        }
        if (failure != null) {
            throw new IllegalStateException("cannot close: " + failure, failure);
        }
    }

    private @Nullable AutoCloseable take() {
        synchronized (open) {
            return open.poll();
        }
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // becomes part of the failure, and the thread stays interrupted
    private static @Nullable Exception close(AutoCloseable opened, @Nullable Exception failure) {
        try {
            opened.close();
            return failure;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (failure == null) {
                return e;
            }
            failure.addSuppressed(e);
            return failure;
        }
    }
}
