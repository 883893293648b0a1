package fish.client;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The clock, and waiting, as an argument. Thread-safe. */
interface Time {
    Time SYSTEM = new Time() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public boolean pause(CountDownLatch end, long nanos) throws InterruptedException {
            return end.await(nanos, TimeUnit.NANOSECONDS);
        }
    };

    /** As {@link System#nanoTime}. */
    long nanos();

    /** Waits this long, or until {@code end}; says whether that has come. */
    boolean pause(CountDownLatch end, long nanos) throws InterruptedException;
}
