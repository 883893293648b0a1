package fish.tool;

import fish.client.FishClient;
import fish.client.FishException;
import fish.client.PreconditionFailedException;
import fish.client.ReadOptions;
import fish.client.UnknownOutcomeException;
import fish.client.WriteOptions;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.time.Duration;
import java.util.Optional;

/**
 * A lock in the store: a record that only its holder renews and deletes, since both name its revision. What the master
 * was asked counts from when it was asked first. Thread-safe.
 */
final class LockRecord {
    /** How an attempt to renew ended. */
    enum Renewal {
        DONE,
        /** It is not known to have happened; another try can. */
        FAILED,
        /** The record is gone, or another's. */
        LOST
    }

    /** Of one call here, all its requests together. */
    static final Duration TIMEOUT_MAX = Duration.ofSeconds(10);

    /** Whatever the group's default is: a lock that only the master has is another's once that is gone. */
    private static final WriteOptions ACROSS_FAIL_OVERS = WriteOptions.DEFAULT.withDurability(Durability.QUORUM);

    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(5);

    /** Also a request at the end of that time gets so long. */
    private static final long REQUEST_MILLIS_MIN = 500;

    private final FishClient client;
    private final Key key;
    private final Value holder;
    private final LockTimes times;
    private final Uptime uptime;
    private long revision;
    private boolean mayBeOurs;
    private volatile long created;
    private volatile long sentMillis;
    private volatile String heldBy = "";
    private volatile long heldAtRevision;

    /** @param holder says who we are, and differs from every other holder's */
    LockRecord(FishClient client, Key key, Value holder, LockTimes times, Uptime uptime) {
        this.client = client;
        this.key = key;
        this.holder = holder;
        this.times = times;
        this.uptime = uptime;
    }

    /** The fencing token, once it is held. */
    long created() {
        return created;
    }

    /** By {@link Uptime}: when the request was sent from which the record's time counts at the earliest. */
    long sentMillis() {
        return sentMillis;
    }

    /** What the record of whoever holds it says, as far as it was seen. */
    String heldBy() {
        return heldBy;
    }

    /** The revision of that record; 0 where none was seen. */
    long heldAtRevision() {
        return heldAtRevision;
    }

    /** @throws FishException where it is not known whether it is held now */
    synchronized boolean tryToGet(Duration timeout) {
        long sent = uptime.millis();
        long end = endOf(timeout);
        try {
            OpResult.Put put =
                    client.put(key, holder, until(end).withIfAbsent().withTtl(Duration.ofMillis(times.ttl())));
            mayBeOurs = true;
            revision = put.revision();
            created = put.created();
            sentMillis = sent;
            return true;
        } catch (PreconditionFailedException | UnknownOutcomeException e) {
            mayBeOurs |= e instanceof UnknownOutcomeException;
            return isOurs(end) && renewUntil(end) == Renewal.DONE;
        }
    }

    /** For who waits no longer: what a try has made, or may have made, is deleted where that can be done. */
    synchronized void abandon() {
        long end = endOf(RELEASE_TIMEOUT);
        try {
            if (mayBeOurs && isOurs(end)) {
                client.delete(key, until(end).withIfRevision(revision));
            }
        } catch (FishException e) {
            // It ends by itself.
        }
    }

    /** Whether an earlier try of ours has made the record after all. */
    private boolean isOurs(long end) {
        Optional<StoredRecord> there = client.get(key, ReadOptions.STRONG.withTimeout(left(end)));
        if (there.isEmpty()) {
            return false;
        }
        if (!there.get().value().equals(holder)) {
            heldBy = ListCommand.shown(there.get().value());
            heldAtRevision = there.get().revision();
            return false;
        }
        revision = there.get().revision();
        created = there.get().created();
        return true;
    }

    /** Gives the record its whole time again. */
    synchronized Renewal renew(Duration timeout) {
        return renewUntil(endOf(timeout));
    }

    private Renewal renewUntil(long end) {
        long before = revision;
        Renewal renewal = touched(end);
        // The answer of an earlier one was lost, and with it the revision that it made, which is known now.
        return renewal == Renewal.FAILED && revision != before ? touched(end) : renewal;
    }

    private Renewal touched(long end) {
        long sent = uptime.millis();
        try {
            OpResult.Touched touched =
                    client.touch(key, until(end).withIfRevision(revision).withTtl(Duration.ofMillis(times.ttl())));
            if (!touched.exists()) {
                return Renewal.LOST;
            }
            revision = touched.revision();
            sentMillis = sent;
            return Renewal.DONE;
        } catch (PreconditionFailedException e) {
            // A renewal of ours whose answer was lost has changed the revision, or it is another's by now.
            return stillOurs(end) ? Renewal.FAILED : Renewal.LOST;
        } catch (FishException e) {
            return Renewal.FAILED;
        }
    }

    /** Takes over the revision, if the record is the one that we made. */
    private boolean stillOurs(long end) {
        try {
            Optional<StoredRecord> there = client.get(key, ReadOptions.STRONG.withTimeout(left(end)));
            boolean ours = there.isPresent()
                    && there.get().created() == created
                    && there.get().value().equals(holder);
            if (ours) {
                revision = there.get().revision();
            }
            return ours;
        } catch (FishException e) {
            return true; // not known: the next try finds out, or the time is over
        }
    }

    /** Deletes the record, if it is ours still. Returns whether it is gone. */
    synchronized boolean release() {
        long end = endOf(RELEASE_TIMEOUT);
        for (int tries = 0; tries < 2; tries++) {
            try {
                client.delete(key, until(end).withIfRevision(revision));
                return true;
            } catch (PreconditionFailedException e) {
                if (e.revision() == 0 || !stillOurs(end)) {
                    return true;
                }
            } catch (FishException e) {
                return false;
            }
        }
        return false;
    }

    private long endOf(Duration timeout) {
        return uptime.millis() + Math.min(timeout.toMillis(), TIMEOUT_MAX.toMillis());
    }

    private Duration left(long end) {
        return Duration.ofMillis(Math.max(REQUEST_MILLIS_MIN, end - uptime.millis()));
    }

    private WriteOptions until(long end) {
        return ACROSS_FAIL_OVERS.withTimeout(left(end));
    }
}
