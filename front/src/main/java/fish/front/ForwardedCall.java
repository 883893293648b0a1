package fish.front;

import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Write;
import fish.link.LinkClient;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that the master must serve, until it is answered, once: held while there is no master, or
 * with a master. Thread-safe.
 */
abstract class ForwardedCall {
    /** What the call tells the gateway. */
    interface Owner {
        /** A revision that was given before now, as late as is known. */
        long knownRevision();

        /** The store has had this revision. */
        void known(long revision);

        /** It is not with a master any more, and wants to go to the next. */
        void again(ForwardedCall call);

        /** The master that it was sent to does not serve. */
        void notServed(LinkClient by);

        void ended(ForwardedCall call);
    }

    private static final int OVERHEAD_BYTES = 512;
    /** Of a write that the master itself could not tell the outcome of. */
    private static final int UNKNOWN_TRIES = 10;

    private final Owner owner;
    private final long deadlineNanos;
    private final long sinceNanos = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();

    private ForwardedCall(Owner owner, long deadlineNanos) {
        this.owner = owner;
        this.deadlineNanos = deadlineNanos;
    }

    static ForwardedCall of(Write write, Consumer<? super Outcome> answer, Owner owner) {
        return new OfWrite(owner, write, answer);
    }

    static ForwardedCall of(Read read, Consumer<? super ReadOutcome> answer, Owner owner) {
        return new OfRead(owner, read, answer);
    }

    abstract void send(LinkClient to);

    /** Its time is up, with a master or without. */
    abstract void expire(boolean held, Failure noMaster);

    /** It cannot be held. */
    abstract void refuse(Failure failure);

    /** About what it holds of the heap. */
    abstract int bytes();

    final long deadlineNanos() {
        return deadlineNanos;
    }

    /** By {@link System#nanoTime}: when it came. */
    final long sinceNanos() {
        return sinceNanos;
    }

    final boolean ended() {
        return ended.get();
    }

    /** Whether the caller is the one to answer. */
    final boolean end() {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            owner.ended(this);
        }
        return first;
    }

    final void notServedBy(@Nullable LinkClient master) {
        if (master != null) {
            owner.notServed(master);
        }
    }

    /** Whether another master would serve it, and nothing has happened. */
    private static boolean elsewhere(Failure failure) {
        return failure.reason() == Reason.NOT_MASTER
                || failure.reason() == Reason.STARTING
                || failure.reason() == Reason.SHUTTING_DOWN;
    }

    /**
     * A write whose answer was lost goes to the next master again under the same id, which recognises it;
     * until one of them has answered, it may have happened.
     */
    private static final class OfWrite extends ForwardedCall implements LinkClient.WriteCallback {
        private final Owner owner;
        private final Consumer<? super Outcome> answer;
        private final long knownBefore;
        private volatile Write write;
        private volatile @Nullable LinkClient sentTo;
        private final AtomicInteger unknowns = new AtomicInteger();

        OfWrite(Owner owner, Write write, Consumer<? super Outcome> answer) {
            super(owner, write.deadlineNanos());
            this.owner = owner;
            this.write = write;
            this.answer = answer;
            this.knownBefore = owner.knownRevision();
        }

        @Override
        void send(LinkClient to) {
            Optional<Failure> gone = write.asker().refusalByNow();
            if (gone.isPresent()) {
                // The master decides again; one of an older version could not.
                refuse(gone.get());
                return;
            }
            sentTo = to;
            to.write(write, this);
        }

        @Override
        public void answered(Outcome outcome) {
            if (outcome instanceof Outcome.Refused refused && elsewhere(refused.failure())) {
                notServedBy(sentTo);
                owner.again(this);
            } else if (outcome instanceof Outcome.Unknown unknown && worthAsking(unknown.failure())) {
                mayHaveHappened();
                owner.again(this);
            } else if (end()) {
                if (outcome instanceof Outcome.Committed committed) {
                    owner.known(committed.result().revision());
                }
                answer.accept(outcome instanceof Outcome.Refused refused ? truly(refused) : outcome);
            }
        }

        /** The master that does not know now may know in a moment, from its own log. */
        private boolean worthAsking(Failure failure) {
            return failure.reason() == Reason.UNKNOWN_OUTCOME
                    && System.nanoTime() - deadlineNanos() < 0
                    && unknowns.incrementAndGet() <= UNKNOWN_TRIES;
        }

        /** A master that refuses a write which an earlier one may have done speaks for itself alone. */
        private Outcome truly(Outcome.Refused refused) {
            boolean foundInStore = refused.failure().reason() == Reason.IDEMPOTENCY_KEY_REUSED;
            return write.sentBefore() && !foundInStore
                    ? Outcome.unknown(Reason.UNKNOWN_OUTCOME, refused.failure().detail())
                    : refused;
        }

        private void mayHaveHappened() {
            if (!write.sentBefore()) {
                write = write.again(knownBefore);
            }
        }

        @Override
        public void lost(boolean maybeReceived) {
            if (maybeReceived) {
                mayHaveHappened();
            }
            owner.again(this);
        }

        @Override
        void expire(boolean held, Failure noMaster) {
            if (end()) {
                answer.accept(
                        held
                                ? truly(new Outcome.Refused(noMaster))
                                : Outcome.unknown(Reason.UNKNOWN_OUTCOME, "the master did not answer in time"));
            }
        }

        @Override
        void refuse(Failure failure) {
            if (end()) {
                answer.accept(truly(new Outcome.Refused(failure)));
            }
        }

        @Override
        int bytes() {
            return write.txn().heapBytes();
        }
    }

    private static final class OfRead extends ForwardedCall implements LinkClient.ReadCallback {
        private final Owner owner;
        private final Read read;
        private final Consumer<? super ReadOutcome> answer;
        private volatile @Nullable LinkClient sentTo;

        OfRead(Owner owner, Read read, Consumer<? super ReadOutcome> answer) {
            super(owner, read.deadlineNanos());
            this.owner = owner;
            this.read = read;
            this.answer = answer;
        }

        @Override
        void send(LinkClient to) {
            sentTo = to;
            to.read(read, this);
        }

        @Override
        public void answered(ReadOutcome outcome) {
            if (outcome instanceof ReadOutcome.Failed failed && elsewhere(failed.failure())) {
                notServedBy(sentTo);
                owner.again(this);
            } else if (end()) {
                answer.accept(outcome);
            }
        }

        @Override
        public void lost() {
            owner.again(this);
        }

        @Override
        void expire(boolean held, Failure noMaster) {
            Failure late = read.room().waiting()
                    ? new Failure(Reason.OVERLOADED, "there was no room for the answer in time")
                    : new Failure(Reason.NO_MASTER, "the master did not answer in time");
            refuse(held ? noMaster : late);
        }

        @Override
        void refuse(Failure failure) {
            if (end()) {
                answer.accept(new ReadOutcome.Failed(failure));
            }
        }

        @Override
        int bytes() {
            return OVERHEAD_BYTES
                    + (read.query() instanceof Query.Reads reads ? reads.txn().heapBytes() : 0);
        }
    }
}
