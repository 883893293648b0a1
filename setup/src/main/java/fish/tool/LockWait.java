package fish.tool;

import fish.client.Change;
import fish.client.ChangeListener;
import fish.client.Commit;
import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Watch;
import fish.kv.Key;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for a lock, at most as long as it may. For one thread, and once. */
final class LockWait {
    private static final Duration ONE_TRY_MIN = Duration.ofSeconds(2);
    private static final long POLL_MILLIS = 1_000;
    /** Each try is a commit of the group's: none is needed while it is another's, and a watch tells when it goes. */
    private static final long POLL_WATCHED_MILLIS = 15_000;

    private static final long RENEW_AGAIN_MILLIS = 100;
    private static final long WITHOUT_END = Long.MAX_VALUE;

    /** What passes by itself: whoever waits goes on waiting. */
    private static final Set<String> PASSING = Set.of(
            "no-master",
            "no-quorum",
            "starting",
            "shutting-down",
            "overloaded",
            "unknown-outcome",
            "in-progress",
            "lagging",
            "timeout",
            "no-connection");

    private final FishClient client;
    private final Key key;
    private final LockRecord lock;
    private final LockTimes times;
    private final Uptime uptime;
    private final Consumer<String> tell;
    private final Semaphore freed = new Semaphore(0);
    private long end = WITHOUT_END;
    private boolean toldSlow;
    private volatile boolean watchEnded;

    /** @param tell what people should know while they wait, and why it was in vain */
    LockWait(FishClient client, Key key, LockRecord lock, LockTimes times, Uptime uptime, Consumer<String> tell) {
        this.client = client;
        this.key = key;
        this.lock = lock;
        this.times = times;
        this.uptime = uptime;
        this.tell = tell;
    }

    /**
     * Whether the lock is had, with most of its time before it.
     *
     * @param most what was begun before it was over is finished, within seconds; null: without end
     * @throws FishException where it can never be had, as without the right to
     */
    boolean had(@Nullable Duration most) throws InterruptedException {
        end = most == null ? WITHOUT_END : uptime.millis() + most.toMillis();
        boolean reached = false;
        boolean told = false;
        Watch watch = null;
        try {
            while (true) {
                boolean another = false;
                try {
                    if (lock.tryToGet(timeout()) && renewed()) {
                        return true;
                    }
                    reached = true;
                    another = !lock.heldBy().isEmpty();
                    if (!told && left() > 0 && another) {
                        told = true;
                        tell.accept("waits for the lock " + key + ", held by " + lock.heldBy());
                    }
                    if (watch == null && left() > 0 && lock.heldAtRevision() > 0) {
                        watch = watch(lock.heldAtRevision());
                    }
                } catch (FishException e) {
                    if (!PASSING.contains(e.code()) || (!reached && e.code().equals("no-connection"))) {
                        throw e;
                    }
                    reached = true;
                }
                if (left() <= 0) {
                    lock.abandon();
                    String holds = lock.heldBy().isEmpty() ? "" : ": held by " + lock.heldBy();
                    tell.accept("the lock " + key + " was not had in time" + holds);
                    return false;
                }
                long poll = another && watch != null && !watchEnded ? POLL_WATCHED_MILLIS : POLL_MILLIS;
                if (freed.tryAcquire(Math.min(left(), poll), TimeUnit.MILLISECONDS)) {
                    freed.drainPermits();
                }
            }
        } finally {
            if (watch != null) {
                watch.close();
            }
        }
    }

    private long left() {
        return end == WITHOUT_END ? WITHOUT_END : end - uptime.millis();
    }

    private Duration timeout() {
        long millis = Math.min(LockRecord.TIMEOUT_MAX.toMillis(), left());
        return Duration.ofMillis(Math.max(ONE_TRY_MIN.toMillis(), millis));
    }

    /**
     * What took long to come is renewed first: the command begins with most of its time before it. In a group that is
     * too slow for that the lock is given back once the waiting is over.
     */
    private boolean renewed() throws InterruptedException {
        for (boolean first = true; ; first = false) {
            long age = uptime.millis() - lock.sentMillis();
            if (age <= times.renewEvery()) {
                return true;
            }
            if (!toldSlow) {
                toldSlow = true;
                tell.accept("the group answers after " + LockCommand.inWords(age) + ", which is slow for a lock of "
                        + LockCommand.inWords(times.ttl()));
            }
            if (age >= times.ttl() || (!first && left() <= 0)) {
                return false; // it may be another's by now, or nobody waits for it any more
            }
            switch (lock.renew(timeout())) {
                case DONE -> {}
                case FAILED -> TimeUnit.MILLISECONDS.sleep(RENEW_AGAIN_MILLIS);
                case LOST -> {
                    return false;
                }
            }
        }
    }

    /**
     * Tells when the record goes. Nothing is asked first: it is told of everything since the record was seen. Without
     * it, where it cannot be had, the record is looked for now and then.
     */
    private @Nullable Watch watch(long since) {
        try {
            return client.watch(key.toString(), since, new ChangeListener() {
                @Override
                public void committed(Commit commit) {
                    for (Change change : commit.changes()) {
                        if (change instanceof Change.Deleted && change.key().equals(key)) {
                            freed.release();
                        }
                    }
                }

                @Override
                public void failed(FishException problem) {
                    watchEnded = true;
                    freed.release();
                }
            });
        } catch (FishException e) {
            return null;
        }
    }
}
