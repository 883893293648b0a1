package fish.store.master;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.TxnResult;
import fish.store.NoRoomException;
import fish.store.TooLargeException;
import fish.store.UnavailableException;
import fish.store.View;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads on the serving master: strong ones and its own state. A single key is read at once, without
 * waiting for anybody. What spans several keys is read between two changes of the pen, which is tried
 * first without it and else done by it. Thread-safe; answers come on the pen's thread or the caller's.
 */
public final class MasterReads {
    /** Of a read that must not see the pen at work. */
    private static final int QUIET_TRIES = 3;
    /** Of a read whose state was taken back. */
    private static final int AGAIN_MAX = 10;

    private static final View.Page EMPTY = new View.Page(new TxnResult(true, 0, List.of()), false);

    private final Pen pen;
    private final String node;

    /**
     * @param node the name that answers carry
     */
    public MasterReads(Pen pen, String node) {
        this.pen = pen;
        this.node = node;
    }

    /**
     * Answers a read that is {@link Consistency#STRONG} or {@link Consistency#MASTER}. Single keys may be
     * read from disk on the calling thread.
     */
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        new OneRead(read, answer).start();
    }

    private final class OneRead implements ReadIndex.Reader {
        private final Read read;
        private final Consumer<? super ReadOutcome> answer;
        private View.Page page = EMPTY;
        private int tries;

        OneRead(Read read, Consumer<? super ReadOutcome> answer) {
            this.read = read;
            this.answer = answer;
        }

        void start() {
            guarded(() -> {
                if (read.consistency() == Consistency.STRONG) {
                    readStrong();
                } else if (read.query() instanceof Query.Get) {
                    keep(pen.store().committed(read.query(), pen.applyClock().revision()));
                    confirmed();
                } else if (!countBesideThePen()) {
                    pen.betweenBatches(this::readBetweenBatches);
                }
            });
        }

        private void guarded(Runnable reading) {
            try {
                reading.run();
            } catch (UnavailableException e) {
                failed(e.failure());
            } catch (TooLargeException e) {
                failed(e.failure());
            } catch (NoRoomException e) {
                read.room().take(e.bytes(), this::start);
            }
        }

        private void keep(View.Page found) {
            page = EMPTY;
            page = NoRoomException.require(read.room(), found);
        }

        private void readStrong() {
            int aborts = pen.readIndex().aborts();
            if (read.query() instanceof Query.Get) {
                keep(pen.store().uncommitted(read.query(), pen.applyClock().revision()));
                awaitConfirmation(aborts);
                return;
            }
            if (countBesideThePen()) {
                return;
            }
            for (int i = 0; i < QUIET_TRIES; i++) {
                long before = pen.applyClock().now();
                long revision = pen.applyClock().revision();
                keep(pen.store().uncommitted(read.query(), revision));
                if (pen.applyClock().stillSince(before)) {
                    awaitConfirmation(aborts);
                    return;
                }
            }
            pen.betweenBatches(this::readBetweenBatches);
        }

        /** A count looks at any number of keys, for which the pen should not wait. */
        private boolean countBesideThePen() {
            if (!(read.query() instanceof Query.Count)) {
                return false;
            }
            int aborts = pen.readIndex().aborts();
            for (int i = 0; i < QUIET_TRIES; i++) {
                Optional<View.Page> counted = pen.store().snapshot(read.query());
                if (counted.isPresent()) {
                    keep(counted.get());
                    confirm(aborts);
                    return true;
                }
            }
            return false;
        }

        private void confirm(int aborts) {
            if (read.consistency() == Consistency.STRONG) {
                awaitConfirmation(aborts);
            } else {
                confirmed();
            }
        }

        private void readBetweenBatches() {
            guarded(() -> {
                int aborts = pen.readIndex().aborts();
                keep(pen.store().uncommitted(read.query(), pen.applyClock().revision()));
                confirm(aborts);
            });
        }

        private void awaitConfirmation(int aborts) {
            if (!pen.confirm(new ReadIndex.Waiter(this, aborts, read.deadlineNanos()))) {
                failed(new Failure(Reason.OVERLOADED, "too many reads wait for the master"));
            }
        }

        @Override
        public void confirmed() {
            answer.accept(new ReadOutcome.Found(page.result(), page.more(), read.consistency(), node, 0));
        }

        @Override
        public void readAgain() {
            if (++tries < AGAIN_MAX) {
                start();
            } else {
                failed(new Failure(Reason.OVERLOADED, "what was read was taken back again and again"));
            }
        }

        @Override
        public void failed(Failure failure) {
            answer.accept(new ReadOutcome.Failed(failure));
        }
    }
}
