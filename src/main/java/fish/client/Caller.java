package fish.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;

/**
 * Sends a request until it is answered, it is refused for good, its tries are used up or its time is over.
 *
 * <p>A write keeps its idempotency key in every try, so that it is applied once at most; and once one try may have been
 * applied, only an answer that the key stands for says that it was not. Thread-safe.
 */
final class Caller implements AutoCloseable {
    /** Where these mean something, they do as problems of a node's: the rest is of something between. */
    private static final Set<Integer> SAID_BY_ANYBODY = Set.of(404, 412);

    private static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(5);

    /** What reads an answer. */
    interface Parser<T> {
        T parse() throws IOException;
    }

    private final ClientConfig config;
    private final FrontEnds frontEnds;
    private final Transport transport;
    private final RandomGenerator random;
    private final Time time;
    private final CountDownLatch closed = new CountDownLatch(1);

    Caller(ClientConfig config, FrontEnds frontEnds, Transport transport, RandomGenerator random, Time time) {
        this.config = config;
        this.frontEnds = frontEnds;
        this.transport = transport;
        this.random = random;
        this.time = time;
    }

    /** @throws FishException as the request is a read or a write */
    Answer call(Request request) {
        Progress progress =
                new Progress(request, time.nanos() + request.timeout().toNanos());
        try {
            while (true) {
                Answer answer = progress.step();
                boolean accepted = request.accepted().contains(answer.status());
                if (accepted && !SAID_BY_ANYBODY.contains(answer.status())) {
                    return answer;
                }
                ProblemIn problem = ProblemIn.of(answer);
                if (accepted && !problem.isOfNobody()) {
                    return answer;
                }
                progress.judge(problem, answer);
            }
        } catch (TryFailedException e) {
            throw progress.failure(e.code(), progress.troubles.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw progress.failure("interrupted", "the thread was interrupted");
        }
    }

    /** What an answer says; one that says nothing leaves a write with its outcome unknown. */
    <T> T parsed(Request request, Parser<T> parser) {
        try {
            return parser.parse();
        } catch (IOException e) {
            String detail = String.valueOf(e.getMessage());
            throw request.changesSomething()
                    ? new UnknownOutcomeException("bad-answer", detail, request.idempotencyKey())
                    : new ReadFailedException("bad-answer", detail);
        }
    }

    /** Waits, but not beyond the end of this caller. */
    boolean pause(long nanos) throws InterruptedException {
        return time.pause(closed, nanos);
    }

    /** The pause after so many failures, drawn. */
    long pauseNanos(int failed) {
        return config.retries().pauseNanos(failed, random);
    }

    /** Where a request stands. One thread. */
    private final class Progress {
        private final Request request;
        private final long deadlineNanos;

        private final Troubles troubles = new Troubles(frontEnds);

        private URI asked = URI.create("");
        private int failedTries;
        private boolean mayBeApplied;

        Progress(Request request, long deadlineNanos) {
            this.request = request;
            this.deadlineNanos = deadlineNanos;
        }

        /** The first answer, of whatever status; the tries that bring none are gone through here. */
        Answer step() throws TryFailedException, InterruptedException {
            while (true) {
                URI frontEnd = frontEnds.next();
                asked = frontEnd;
                try {
                    Answer answer = transport.exchange(frontEnd, request, tryNanos());
                    if (answer.status() >= 500) {
                        frontEnds.refused(frontEnd);
                    } else {
                        frontEnds.served(frontEnd);
                    }
                    return answer;
                } catch (TryFailedException e) {
                    frontEnds.failed(frontEnd);
                    mayBeApplied |= e.sent();
                    failedTries++;
                    troubles.add(frontEnd, e);
                    if (isLast(e) || !waited(!e.sent(), 0)) {
                        throw e;
                    }
                } catch (InterruptedException e) {
                    mayBeApplied = true;
                    throw e;
                }
            }
        }

        private boolean isLast(TryFailedException failure) {
            return failure.code().equals("closed")
                    || troubles.areLasting()
                    || (request.once() && failure.sent())
                    || failedTries >= config.retries().triesMax();
        }

        /** Returns where it is worth another try, after the pause before it. */
        void judge(ProblemIn problem, Answer answer) throws InterruptedException {
            mayBeApplied |= problem.mayBeApplied();
            failedTries++;
            boolean safe = request.once() ? problem.ofThisFrontEnd() : problem.passing();
            boolean again = safe && failedTries < config.retries().triesMax();
            long retryAfter = Math.min(answer.number("Retry-After").orElse(0), RETRY_AFTER_MAX.toSeconds());
            if (!again
                    || !waited(
                            problem.ofThisFrontEnd(),
                            Duration.ofSeconds(retryAfter).toNanos())) {
                throw failure(problem.code(), problem.detail() + ", says " + asked);
            }
        }

        /** Whether there is time for another try. */
        private boolean waited(boolean nextAtOnce, long atLeastNanos) throws InterruptedException {
            long left = deadlineNanos - time.nanos();
            if (nextAtOnce && failedTries < frontEnds.size()) {
                return left > 0;
            }
            long nanos = Math.max(pauseNanos(failedTries), atLeastNanos);
            return nanos < left && !pause(nanos);
        }

        /** One that says nothing leaves time for another, where it could be asked. */
        private long tryNanos() {
            long left = deadlineNanos - time.nanos();
            boolean last = request.once() || failedTries >= frontEnds.size() - 1;
            return Math.max(
                    1,
                    last || left > config.tryTimeout().toNanos()
                            ? Math.min(config.tryTimeout().toNanos(), left)
                            : left / 2);
        }

        FishException failure(String code, String detail) {
            String tries = failedTries > 1 ? detail + " (" + failedTries + " tries)" : detail;
            if (!request.changesSomething()) {
                return new ReadFailedException(code, tries);
            }
            return mayBeApplied
                    ? new UnknownOutcomeException(code, tries, request.idempotencyKey())
                    : new NotAppliedException(code, tries);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        transport.close();
    }
}
