package fish.client;

import fish.run.Threads;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a request to one front-end, once. Thread-safe; close at any time, twice too. */
final class Transport implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final int THREADS = 4;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Threads.named("fish-client"));
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private final HttpClient http;
    private final Semaphore permits;
    private final int answerBytesMax;
    private final String token;
    private volatile boolean closed;

    Transport(ClientConfig config) {
        this.permits = new Semaphore(config.requestsMax());
        this.answerBytesMax = config.answerBytesMax();
        this.token = config.token();
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(threads);
        this.http = (config.trust() == null ? builder : builder.sslContext(config.trust())).build();
    }

    /**
     * The whole answer. The node is told to give up a little earlier than this waits, so that what it knows of the
     * outcome still arrives.
     */
    Answer exchange(URI frontEnd, Request request, long nanos) throws TryFailedException, InterruptedException {
        long end = System.nanoTime() + nanos;
        if (!permits.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            throw new TryFailedException("busy", "too many requests are under way in this client", false);
        }
        try {
            long left = end - System.nanoTime();
            long told = left - Math.min(left / 4, TimeUnit.MILLISECONDS.toNanos(300));
            String timeout = Math.max(1, TimeUnit.NANOSECONDS.toMillis(told)) + "ms";
            HttpResponse<Body> response = begin(request.to(frontEnd, Map.of("timeout", timeout)), left);
            try (Body body = response.body()) {
                return new Answer(response.statusCode(), response.headers(), body.all(answerBytesMax, end));
            } catch (IOException e) {
                throw failed(e);
            }
        } finally {
            permits.release();
        }
    }

    /** The head of an answer; whoever calls closes the body. */
    @SuppressWarnings("CollectionUndefinedEquality") // the identity of a future is what is meant
    HttpResponse<Body> begin(HttpRequest.Builder request, long nanos) throws TryFailedException, InterruptedException {
        if (!token.isEmpty()) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        CompletableFuture<HttpResponse<Body>> response = send(request.build());
        try {
            return response.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
            throw closed(true);
        } catch (TimeoutException e) {
            abandon(response);
            throw new TryFailedException("timeout", "no answer in time", true);
        } catch (InterruptedException e) {
            abandon(response);
            throw e;
        } finally {
            underWay.remove(response);
        }
    }

    private CompletableFuture<HttpResponse<Body>> send(HttpRequest request) throws TryFailedException {
        if (closed) {
            throw closed(false);
        }
        try {
            CompletableFuture<HttpResponse<Body>> response = http.sendAsync(request, head -> new Body());
            underWay.add(response);
            if (closed) {
                response.cancel(true);
            }
            return response;
        } catch (RejectedExecutionException e) {
            throw closed(false);
        }
    }

    /** Ends what nobody waits for any more. */
    private static void abandon(CompletableFuture<HttpResponse<Body>> response) {
        if (!response.cancel(true)) {
            var ignored = response.thenAccept(came -> came.body().close());
        }
    }

    private TryFailedException failed(Throwable problem) {
        if (closed) {
            return closed(true);
        }
        if (Causes.isOfTrust(problem) || Causes.isOfPlainHttpAtTls(problem)) {
            return TryFailedException.lasting("no-connection", Causes.of(problem));
        }
        if (problem instanceof ConnectException || problem instanceof HttpConnectTimeoutException) {
            return new TryFailedException("no-connection", Causes.of(problem), false);
        }
        return problem instanceof HttpTimeoutException
                ? new TryFailedException("timeout", "no answer in time", true)
                : new TryFailedException("no-connection", Causes.of(problem), true);
    }

    private static TryFailedException closed(boolean sent) {
        return new TryFailedException("closed", "the client is closed", sent);
    }

    /** Whoever waits for an answer is told at once that none comes. */
    @Override
    public void close() {
        closed = true;
        underWay.forEach(response -> response.cancel(true));
        threads.shutdown();
    }
}
