package fish.link;

import fish.tls.NodeTls;
import fish.tls.NodeTransport;
import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import org.xnio.ChannelListener;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.http.ExtendedHandshakeChecker;
import org.xnio.http.HttpUpgrade;
import org.xnio.http.UpgradeFailedException;
import org.xnio.ssl.SslConnection;

/** Opens framed connections to back-ends, on the I/O threads of a worker. Thread-safe. */
public final class LinkConnector {
    private static final OptionMap SOCKET = OptionMap.create(Options.TCP_NODELAY, true);

    private final String name;
    private final XnioWorker worker;
    private final LinkLimits limits;
    private final NodeTransport transport;
    private final Opener opener;
    private volatile Supplier<String> proof = () -> "";
    private volatile Supplier<String> group = () -> "";

    /** Begins a connection; the listener gets it before anything is sent over it. */
    private interface Opener {
        IoFuture<? extends StreamConnection> open(InetSocketAddress address, ChannelListener<StreamConnection> opened);
    }

    /** Without TLS. */
    public LinkConnector(String name, XnioWorker worker, LinkLimits limits) {
        this(name, worker, limits, NodeTransport.PLAIN);
    }

    /**
     * @param name tells whoever connects: a server keeps its latest connection only; empty: all
     * @param worker not shut down by this
     * @param transport with TLS only back-ends that have a certificate are connected to, for the host they are at
     */
    public LinkConnector(String name, XnioWorker worker, LinkLimits limits, NodeTransport transport) {
        this.name = name;
        this.worker = worker;
        this.limits = limits;
        this.transport = transport;
        this.opener = transport
                .tls()
                .map(tls -> secure(worker, tls))
                .orElse((address, opened) -> worker.openStreamConnection(address, opened, SOCKET));
    }

    /** The same, which shows this with each connection, unless it is empty: that it comes from a node of the group. */
    public LinkConnector provedBy(Supplier<String> shown) {
        proof = shown;
        return this;
    }

    /** The same, which connects to no back-end of another group than this one, as soon as that is not empty. */
    public LinkConnector inGroup(Supplier<String> groupId) {
        group = groupId;
        return this;
    }

    private static Opener secure(XnioWorker worker, NodeTls tls) {
        SSLParameters parameters = tls.clientParameters();
        OptionMap options = OptionMap.builder()
                .addAll(SOCKET)
                .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(parameters.getProtocols()))
                .set(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(parameters.getCipherSuites()))
                .set(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, parameters.getEndpointIdentificationAlgorithm())
                .getMap();
        UndertowXnioSsl ssl = new UndertowXnioSsl(worker.getXnio(), OptionMap.EMPTY, tls.context());
        return (address, opened) -> ssl.openSslConnection(worker, address, opened, options);
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
        private volatile LinkPeer peer = new LinkPeer(false, false, false);

        Attempt(URI backEnd, Consumer<? super String> ended) {
            this.backEnd = backEnd;
            this.ended = ended;
        }

        void begin(Duration timeout) {
            if (!transport.speaks(backEnd.toString()) || backEnd.getHost() == null || backEnd.getPort() < 0) {
                client.completeExceptionally(new IOException(
                        "not an address of the form " + transport.scheme() + "://host:port: " + backEnd));
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
                follow(opener.open(address, this::opened));
            } catch (RuntimeException e) {
                fail(new IOException("cannot connect to " + backEnd, e));
            }
        }

        private <C extends StreamConnection> void follow(IoFuture<C> opening) {
            onFailure(opening::cancel);
            opening.addNotifier(new Failures<C>(), this);
        }

        private void opened(StreamConnection connection) {
            onFailure(() -> IoUtils.safeClose(connection));
            if (connection instanceof SslConnection secure) {
                connection.setCloseListener(ended -> fail(new IOException("closed in the TLS handshake")));
                secure.getHandshakeSetter().set(done -> onThread(connection));
                handshake(secure);
            } else {
                upgrade(connection);
            }
        }

        /** As long as nothing is read, Undertow leaves the middle of a handshake lying. */
        private void handshake(SslConnection connection) {
            ByteBuffer nothing = ByteBuffer.allocate(1);
            connection.getSourceChannel().setReadListener(channel -> {
                try {
                    if (channel.read(nothing) != 0) {
                        fail(new IOException("something else than TLS answers"));
                    }
                } catch (IOException e) {
                    fail(e);
                }
            });
            connection.getSourceChannel().resumeReads();
            try {
                connection.startHandshake();
            } catch (IOException e) {
                fail(e);
            }
            connection.getSourceChannel().wakeupReads();
        }

        /** Not within the handshake's last step. */
        private void onThread(StreamConnection connection) {
            try {
                connection.getIoThread().execute(() -> {
                    connection.getSourceChannel().suspendReads();
                    upgrade(connection);
                });
            } catch (RejectedExecutionException e) {
                fail(new IOException("the worker is shut down", e));
            }
        }

        private void upgrade(StreamConnection connection) {
            Map<String, List<String>> headers = new HashMap<>(Map.of(
                    "Upgrade",
                    List.of(LinkServer.PROTOCOL),
                    "Connection",
                    List.of("Upgrade"),
                    LinkServer.CLIENT,
                    List.of(name),
                    LinkServer.PIECES,
                    List.of("1"),
                    LinkServer.TOKENS,
                    List.of("1")));
            String shown = proof.get();
            if (!shown.isEmpty()) {
                headers.put(LinkServer.PROOF, List.of(shown));
            }
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
            String own = group.get();
            List<String> theirs = headers.getOrDefault(LinkServer.GROUP.toLowerCase(Locale.ROOT), List.of());
            if (!own.isEmpty() && !theirs.isEmpty() && !theirs.contains(own)) {
                throw new OtherGroupException(
                        backEnd + " is of another group, though of the same name: this node's data is"
                                + " not of it, and nothing is sent there");
            }
            peer = new LinkPeer(
                    headers.containsKey(LinkServer.PIECES.toLowerCase(Locale.ROOT)),
                    headers.containsKey(LinkServer.TOKENS.toLowerCase(Locale.ROOT)),
                    headers.containsKey(LinkServer.CONDITIONS.toLowerCase(Locale.ROOT)));
        }

        private void upgraded(StreamConnection connection) {
            LinkClient made = new LinkClient(connection, limits, peer, ended);
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
