package fish.client;

import fish.run.Threads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells a listener of changes until it is closed or has failed. A connection that breaks, or is silent for longer than
 * a front-end would be, is replaced by one to the next front-end, which goes on exactly where the last one ended.
 *
 * <p>Close at any time, twice too, from any thread; what is being told while it is closed is told to its end.
 */
public final class Watch implements AutoCloseable {
    /** A front-end says something every 5 s at least. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(12);

    private final ClientConfig config;
    private final FrontEnds frontEnds;
    private final Transport transport;
    private final Caller caller;
    private final String prefix;
    private final ChangeListener listener;
    private final Consumer<Watch> onEnd;
    private final Thread thread;
    private volatile long revision;

    /** When the last event came, and how many tries have brought none since. The watch's thread alone. */
    private long heardNanos;

    private int failed;
    private Troubles troubles;
    private volatile boolean closed;
    private volatile Body body = new Body();

    /**
     * @param since exclusive
     * @param onEnd run once, when nothing more is told
     */
    Watch(
            ClientConfig config,
            FrontEnds frontEnds,
            Transport transport,
            Caller caller,
            String prefix,
            long since,
            ChangeListener listener,
            Consumer<Watch> onEnd) {
        this.config = config;
        this.frontEnds = frontEnds;
        this.troubles = new Troubles(frontEnds);
        this.transport = transport;
        this.caller = caller;
        this.prefix = prefix;
        this.revision = since;
        this.listener = listener;
        this.onEnd = onEnd;
        this.thread = Threads.daemon("fish-watch", this::run);
    }

    void start() {
        thread.start();
    }

    /** All commits up to this one have been told: a later watch since here misses nothing. */
    public long revision() {
        return revision;
    }

    private void run() {
        try {
            follow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (FishException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            // Want of memory too: whoever waits for what this tells would wait without end.
            fail(new ReadFailedException("listener-failed", String.valueOf(e)));
        } finally {
            onEnd.accept(this);
        }
    }

    private void fail(FishException problem) {
        if (!closed) {
            listener.failed(problem);
        }
    }

    /** Stream after stream. Only events count as being heard: a stream that ends at once is a failed try too. */
    private void follow() throws InterruptedException {
        heardNanos = System.nanoTime();
        while (!closed) {
            URI frontEnd = frontEnds.next();
            String trouble;
            try {
                stream(frontEnd);
                trouble = frontEnd + ": the stream ended";
            } catch (TryFailedException e) {
                trouble = frontEnd + ": " + e.detail();
                troubles.add(frontEnd, e);
                if (troubles.areLasting()) {
                    // Such as a certificate that is not believed, which is no lost connection.
                    throw new ReadFailedException(e.code(), troubles.toString());
                }
            } catch (IOException e) {
                trouble = frontEnd + ": " + e.getMessage();
            }
            frontEnds.failed(frontEnd);
            failed++;
            if (System.nanoTime() - heardNanos >= config.watchTimeout().toNanos()) {
                throw new ReadFailedException("no-connection", "no front-end was heard of for too long: " + trouble);
            }
            if (caller.pause(caller.pauseNanos(failed))) {
                return;
            }
        }
    }

    private void stream(URI frontEnd) throws TryFailedException, IOException, InterruptedException {
        String target = frontEnd + "/changes" + Request.query(prefix.isEmpty() ? Map.of() : Map.of("prefix", prefix));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target))
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", Long.toString(revision));
        HttpResponse<Body> response =
                transport.begin(request, config.tryTimeout().toNanos());
        try (Body opened = response.body()) {
            body = opened;
            if (closed) {
                return;
            }
            if (response.statusCode() != 200) {
                refused(response, opened);
                return;
            }
            EventReader events = new EventReader(opened, config.answerBytesMax());
            Optional<EventReader.Event> event = events.next(SILENCE_MAX.toNanos());
            while (event.isPresent() && !closed) {
                tell(event.get());
                event = events.next(SILENCE_MAX.toNanos());
            }
        }
    }

    private void refused(HttpResponse<Body> response, Body opened) throws IOException, InterruptedException {
        long end = System.nanoTime() + config.tryTimeout().toNanos();
        byte[] bytes = opened.all(config.answerBytesMax(), end);
        ProblemIn problem = ProblemIn.of(new Answer(response.statusCode(), response.headers(), bytes));
        if (!problem.passing()) {
            throw new ReadFailedException(problem.code(), problem.detail());
        }
    }

    /** Only what could be read counts as heard; events of other names are passed over. */
    private void tell(EventReader.Event event) throws IOException {
        if (!event.name().equals("commit") && !event.name().equals("progress")) {
            return;
        }
        Commit commit = Answers.commit(event.data());
        heardNanos = System.nanoTime();
        failed = 0;
        troubles = new Troubles(frontEnds);
        if (event.name().equals("progress")) {
            revision = Math.max(revision, commit.revision());
            listener.progressed(revision);
        } else if (commit.revision() > revision) {
            listener.committed(commit);
            revision = commit.revision();
        }
    }

    @Override
    public void close() {
        closed = true;
        body.close();
    }
}
