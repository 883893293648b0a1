package fish.front;

import fish.kv.Condition;
import fish.kv.Failure;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.kv.Write;
import fish.link.LinkClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that the master must serve, until it is answered, once: held while there is no master, or
 * with a master. Thread-safe.
 */
abstract class ForwardedCall {
    /** What the call tells the gateway. */
    interface Owner {
        /** It is not with a master any more, and wants to go to the next. */
        void again(ForwardedCall call);

        /** The master that it was sent to does not serve. */
        void notServed(LinkClient by);

        void ended(ForwardedCall call);
    }

    private static final int OVERHEAD_BYTES = 512;

    private final Owner owner;
    private final long deadlineNanos;
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

    private static final class OfWrite extends ForwardedCall implements LinkClient.WriteCallback {
        private final Owner owner;
        private final Write write;
        private final Consumer<? super Outcome> answer;
        private volatile @Nullable LinkClient sentTo;

        OfWrite(Owner owner, Write write, Consumer<? super Outcome> answer) {
            super(owner, write.deadlineNanos());
            this.owner = owner;
            this.write = write;
            this.answer = answer;
        }

        @Override
        void send(LinkClient to) {
            sentTo = to;
            to.write(write, this);
        }

        @Override
        public void answered(Outcome outcome) {
            if (outcome instanceof Outcome.Refused refused && elsewhere(refused.failure())) {
                notServedBy(sentTo);
                owner.again(this);
            } else if (end()) {
                answer.accept(outcome);
            }
        }

        @Override
        public void lost(boolean maybeReceived) {
            if (!maybeReceived) {
                owner.again(this);
            } else if (end()) {
                answer.accept(Outcome.unknown(
                        Reason.UNKNOWN_OUTCOME, "the connection to the master ended before its answer"));
            }
        }

        @Override
        void expire(boolean held, Failure noMaster) {
            if (end()) {
                answer.accept(
                        held
                                ? new Outcome.Refused(noMaster)
                                : Outcome.unknown(Reason.UNKNOWN_OUTCOME, "the master did not answer in time"));
            }
        }

        @Override
        void refuse(Failure failure) {
            if (end()) {
                answer.accept(new Outcome.Refused(failure));
            }
        }

        @Override
        int bytes() {
            return ForwardedCall.bytes(write.txn());
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
            refuse(held ? noMaster : new Failure(Reason.NO_MASTER, "the master did not answer in time"));
        }

        @Override
        void refuse(Failure failure) {
            if (end()) {
                answer.accept(new ReadOutcome.Failed(failure));
            }
        }

        @Override
        int bytes() {
            return OVERHEAD_BYTES + (read.query() instanceof Query.Reads reads ? ForwardedCall.bytes(reads.txn()) : 0);
        }
    }

    private static int bytes(Txn txn) {
        int bytes = OVERHEAD_BYTES;
        for (Condition condition : txn.conditions()) {
            bytes += OVERHEAD_BYTES;
            if (condition instanceof Condition.BytesAre same) {
                bytes += same.bytes().length;
            } else if (condition instanceof Condition.JsonIs same) {
                bytes += 2 * same.json().length();
            }
        }
        for (List<Operation> operations : List.of(txn.then(), txn.otherwise())) {
            for (Operation operation : operations) {
                bytes += OVERHEAD_BYTES;
                if (operation instanceof Operation.Put put) {
                    bytes += put.value().bytes().length;
                }
            }
        }
        return bytes;
    }
}
