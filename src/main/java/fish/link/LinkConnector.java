package fish.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.http.ExtendedHandshakeChecker;
import org.xnio.http.HttpUpgrade;
import org.xnio.http.UpgradeFailedException;

/** Opens framed connections to back-ends, on the I/O threads of a worker. Thread-safe. */
public final class LinkConnector {
    private static final OptionMap SOCKET = OptionMap.create(Options.TCP_NODELAY, true);

    private final String name;
    private final XnioWorker worker;
    private final LinkLimits limits;

    /**
     * @param name tells whoever connects: a server keeps its latest connection only; empty: all
     * @param worker not shut down by this
     */
    public LinkConnector(String name, XnioWorker worker, LinkLimits limits) {
        this.name = name;
        this.worker = worker;
        this.limits = limits;
    }

    /**
     * Connects and upgrades, without blocking.
     *
     * @param backEnd {@code http://host:port}
     * @param timeout for all of it; at least 1 ms
     * @param ended told the reason once, when the connection has ended; never where there was none
     * @return the client, or an {@link IOException} that says why there is none. Cancelling it ends the
     *     attempt. What hangs on it runs on an I/O thread and must not block
     */
    public CompletableFuture<LinkClient> connect(URI backEnd, Duration timeout, Consumer<? super String> ended) {
        Attempt attempt = new Attempt(backEnd, ended);
        attempt.begin(timeout);
        return attempt.client;
    }

    /** One attempt, and whatever is open for it until it is a client. */
    private final class Attempt {
        private final URI backEnd;
        private final Consumer<? super String> ended;
        private final CompletableFuture<LinkClient> client = new CompletableFuture<>();
        private volatile boolean pieces;

        Attempt(URI backEnd, Consumer<? super String> ended) {
            this.backEnd = backEnd;
            this.ended = ended;
        }

        void begin(Duration timeout) {
            if (!"http".equals(backEnd.getScheme()) || backEnd.getHost() == null || backEnd.getPort() < 0) {
                client.completeExceptionally(
                        new IOException("not an address of the form http://host:port: " + backEnd));
                return;
            }
            try {
                var timer = worker.getIoThread()
                        .executeAfter(
                                () -> fail(new IOException("no connection to " + backEnd + " within " + timeout)),
                                Math.max(1, timeout.toMillis()),
                                TimeUnit.MILLISECONDS);
                var unused = client.whenComplete((done, failure) -> timer.remove());
                // a task thread, for a name may have to be looked up
                worker.execute(this::open);
            } catch (RejectedExecutionException e) {
                fail(new IOException("the worker is shut down", e));
            }
        }

        private void open() {
            try {
                InetSocketAddress address = new InetSocketAddress(backEnd.getHost(), backEnd.getPort());
                // with TLS it is XnioSsl.openSslConnection here, and nothing else changes
                IoFuture<StreamConnection> opening = worker.openStreamConnection(address, this::upgrade, SOCKET);
                onFailure(opening::cancel);
                opening.addNotifier(new Failures<StreamConnection>(), this);
            } catch (RuntimeException e) {
                fail(new IOException("cannot connect to " + backEnd, e));
            }
        }

        private void upgrade(StreamConnection connection) {
            onFailure(() -> IoUtils.safeClose(connection));
            Map<String, List<String>> headers = Map.of(
                    "Upgrade",
                    List.of(LinkServer.PROTOCOL),
                    "Connection",
                    List.of("Upgrade"),
                    LinkServer.CLIENT,
                    List.of(name),
                    LinkServer.PIECES,
                    List.of("1"));
            HttpUpgrade.performUpgrade(
                            connection,
                            backEnd.resolve(LinkServer.PATH),
                            headers,
                            this::upgraded,
                            (ExtendedHandshakeChecker) this::check)
                    .addNotifier(new Failures<StreamConnection>(), this);
        }

        private void check(Map<String, List<String>> headers) throws IOException {
            if (!headers.getOrDefault("upgrade", List.of()).contains(LinkServer.PROTOCOL)) {
                throw new IOException(backEnd + " speaks another protocol");
            }
            pieces = headers.containsKey(LinkServer.PIECES.toLowerCase(Locale.ROOT));
        }

        private void upgraded(StreamConnection connection) {
            LinkClient made = new LinkClient(connection, limits, pieces, ended);
            if (!client.complete(made)) {
                IoUtils.safeClose(connection);
                return;
            }
            try {
                made.start();
            } catch (IOException e) {
                made.close();
            }
        }

        /** At once, if it has failed already. */
        private void onFailure(Runnable cleanUp) {
            var unused = client.whenComplete((done, failure) -> {
                if (failure != null) {
                    cleanUp.run();
                }
            });
        }

        private void fail(IOException failure) {
            client.completeExceptionally(failure);
        }
    }

    private static final class Failures<T> extends IoFuture.HandlingNotifier<T, Attempt> {
        @Override
        public void handleFailed(IOException failure, Attempt attempt) {
            attempt.fail(failure instanceof UpgradeFailedException ? refused(failure) : failure);
        }

        private static IOException refused(IOException failure) {
            boolean full = String.valueOf(failure.getMessage()).contains("503");
            return new IOException(
                    "the link is refused"
                            + (full ? " (503): it has as many links as it takes, or is stopping" : ": " + failure),
                    failure);
        }

        @Override
        public void handleCancelled(Attempt attempt) {
            attempt.fail(new IOException("cancelled"));
        }
    }
}
