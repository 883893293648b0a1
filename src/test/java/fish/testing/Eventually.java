package fish.testing;

import java.time.Duration;

/** The one place where tests wait. */
public final class Eventually {
    private static final long POLL_MILLIS = 20;

    private Eventually() {}

    /** A piece of a test that may throw anything. */
    @FunctionalInterface
    public interface ThrowingRunnable {
        void run() throws Exception;
    }

    /** A piece of a test that gives a value or throws. */
    @FunctionalInterface
    public interface ThrowingSupplier<T> {
        T get() throws Exception;
    }

    /**
     * Runs {@code story} until it passes, at least twice unless it passes at once.
     *
     * @throws AssertionError after {@code within}, caused by the story's last failure
     */
    public static void eventually(Duration within, ThrowingRunnable story) {
        eventuallyGet(within, () -> {
            story.run();
            return true;
        });
    }

    /** As {@link #eventually}, and gives what the story gave. */
    public static <T> T eventuallyGet(Duration within, ThrowingSupplier<T> story) {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            boolean last = System.nanoTime() - deadline >= 0;
            try {
                return story.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting", e);
            } catch (Exception | AssertionError e) {
                if (last) {
                    throw new AssertionError("not within " + within + ": " + e.getMessage(), e);
                }
            }
            pause(Duration.ofMillis(POLL_MILLIS));
        }
    }

    /** Whether it comes to hold within that time; for tests in which either may be right, or that it must not. */
    public static boolean holdsWithin(Duration within, ThrowingSupplier<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + within.toNanos();
        while (!condition.get()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            pause(Duration.ofMillis(POLL_MILLIS));
        }
        return true;
    }

    /** Lets time pass: the pace of a load, the length of a fault. Never to wait for a result. */
    public static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
