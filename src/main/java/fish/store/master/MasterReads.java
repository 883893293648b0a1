package fish.store.master;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.TxnResult;
import fish.store.NoRoomException;
import fish.store.ReadPool;
import fish.store.TooLargeException;
import fish.store.UnavailableException;
import fish.store.View;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads on the serving master: strong ones and its own state. A single key is read at once, without
 * waiting for anybody. What spans several keys is one state, read beside the pen, which never waits for a
 * reader: a few keys at once if the pen happens to be quiet, else later. Which of that is done on the calling
 * thread, and which by others, is for the {@link ReadPool} to say.
 * Thread-safe; answers come on the pen's thread, the caller's, or the pool's.
 */
public final class MasterReads {
    /** Of a read whose state was taken back, or changed too fast. */
    private static final int AGAIN_MAX = 10;
    /** Keys that may be read on the calling thread, which serves others too. */
    private static final int FEW = 100;
    /** Answers whose values are larger are not written by the thread that commits. */
    private static final long LARGE_BYTES = 64 << 10;

    private static final View.Page EMPTY = new View.Page(new TxnResult(true, 0, List.of()), false);

    private static final System.Logger LOG = System.getLogger(MasterReads.class.getName());

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
     * Answers a read that is {@link Consistency#STRONG} or {@link Consistency#MASTER}.
     */
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        new OneRead(read, answer).start();
    }

    private final class OneRead implements ReadIndex.Reader {
        private final Read read;
        private final Consumer<? super ReadOutcome> answer;
        private volatile View.Page page = EMPTY;
        private volatile int tries;

        OneRead(Read read, Consumer<? super ReadOutcome> answer) {
            this.read = read;
            this.answer = answer;
        }

        void start() {
            guarded(() -> {
                if (tries > 0) {
                    later(one() ? this::readOne : this::readSnapshot); // this may be the pen's thread
                } else if (one()) {
                    quickly(this::readOne);
                } else if (many()) {
                    later(this::readSnapshot);
                } else {
                    quickly(this::readFew);
                }
            });
        }

        private void quickly(Runnable reading) {
            if (!pen.readPool().runQuick(() -> guarded(reading), () -> inTime(reading))) {
                failed(noThread());
            }
        }

        /** Some time after it was asked for. */
        private void inTime(Runnable reading) {
            if (pen.isClosing()) {
                failed(Pen.leavingFailure());
            } else if (System.nanoTime() - read.deadlineNanos() >= 0) {
                failed(new Failure(Reason.OVERLOADED, "it waited its whole time for the master to read it"));
            } else {
                guarded(reading);
            }
        }

        private View.Page uncommitted(long nowMillis) {
            return pen.readPool().timed(() -> pen.store()
                    .uncommitted(read.query(), pen.applyClock().revision(), nowMillis));
        }

        private void readFew() {
            if (!readQuietly()) {
                later(this::readSnapshot);
            }
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
            } catch (RuntimeException e) {
                // A record of a form that this program does not know, say: this read fails, and nobody else's.
                LOG.log(System.Logger.Level.WARNING, "a read failed: " + e);
                failed(new Failure(Reason.OVERLOADED, "this cannot be read here: " + e.getMessage()));
            }
        }

        private void keep(View.Page found) {
            page = EMPTY;
            page = NoRoomException.require(read.room(), found);
        }

        private void readOne() {
            if (read.consistency() == Consistency.MASTER) {
                keep(pen.readPool().timed(() -> pen.store()
                        .committed(read.query(), pen.applyClock().revision(), pen.nowMillis())));
                confirmed();
                return;
            }
            int aborts = pen.readIndex().aborts();
            keep(uncommitted(pen.nowMillis()));
            seen(aborts);
        }

        private boolean one() {
            return read.query() instanceof Query.Get;
        }

        private boolean many() {
            return read.query() instanceof Query.Count
                    || (read.query() instanceof Query.Range range && range.limit() > FEW);
        }

        /** False: the pen was at work. */
        private boolean readQuietly() {
            int aborts = pen.readIndex().aborts();
            long now = pen.nowMillis();
            long before = pen.applyClock().now();
            keep(uncommitted(now));
            boolean quiet = pen.applyClock().stillSince(before);
            if (quiet) {
                seen(aborts);
            }
            return quiet;
        }

        private void later(Runnable reading) {
            if (!elsewhere(() -> inTime(reading))) {
                failed(noThread());
            }
        }

        /** False: too much waits. */
        private boolean elsewhere(Runnable work) {
            return one() ? pen.readPool().runShort(work) : pen.readPool().run(work);
        }

        private Failure noThread() {
            return pen.isClosing()
                    ? Pen.leavingFailure()
                    : new Failure(Reason.OVERLOADED, "too many reads wait for the master");
        }

        private void readSnapshot() {
            int aborts = pen.readIndex().aborts();
            Optional<View.Page> seen = pen.store().written(read.query(), pen.applyClock(), pen.nowMillis());
            if (seen.isPresent()) {
                keep(seen.get());
                seen(aborts);
            } else {
                readAgain();
            }
        }

        /** It has a page; whether that stands is for the pen to say. */
        private void seen(int aborts) {
            ReadIndex.Waiter waiter = new ReadIndex.Waiter(this, aborts, read.deadlineNanos());
            boolean room = read.consistency() == Consistency.STRONG ? pen.confirm(waiter) : pen.decide(waiter);
            if (!room) {
                failed(new Failure(Reason.OVERLOADED, "too many reads wait for the master"));
            }
        }

        @Override
        public void confirmed() {
            if (!large() || !elsewhere(this::answer)) {
                answer();
            }
        }

        private void answer() {
            answer.accept(new ReadOutcome.Found(page.result(), page.more(), read.consistency(), node, 0));
        }

        private boolean large() {
            long bytes = 0;
            for (OpResult result : page.result().results()) {
                if (result instanceof OpResult.Got got) {
                    bytes += got.key().bytes().length + got.record().value().bytes().length;
                }
                if (bytes > LARGE_BYTES) {
                    return true;
                }
            }
            return false;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread has it at a time
        public void readAgain() {
            tries++;
            if (tries < AGAIN_MAX) {
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
