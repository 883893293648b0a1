package fish.link;

import fish.budget.ByteBudget;
import fish.kv.Service;
import fish.kv.Txn;
import fish.run.Repeated;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * The back-end's end of the framed connections: takes the upgrade to {@value #PROTOCOL}, gives every
 * request to the service, on the connection's I/O thread and the small ones in the order in which they were sent, and
 * sends the answers back as they come. A request whose connection has ended runs all the same; its answer
 * is dropped.
 *
 * <p>A peer that sends anything else, is silent, or does not take its answers loses its connection, and
 * only that. Thread-safe.
 */
public final class LinkServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LinkServer.class.getName());

    /** What the {@code Upgrade} header says. */
    public static final String PROTOCOL = "fish/1";

    /**
     * Header of the upgrade: who asks, in characters of its own choice. A new connection of the same
     * client ends its earlier one before anything that comes over it is served, so that a request sent
     * again can never be overtaken by its first try.
     */
    public static final String CLIENT = "Fish-Client";

    /** Header of the upgrade, and of its answer: that this end takes large messages in pieces. */
    public static final String PIECES = "Fish-Link-Pieces";

    /** Header of the upgrade, and of its answer: that this end knows of tokens. */
    public static final String TOKENS = "Fish-Link-Tokens";

    /** Header of the upgrade's answer: that this end takes {@link fish.kv.Txn#CONDITIONS_MAX} conditions. */
    public static final String CONDITIONS = "Fish-Link-Conditions";

    /** Header of the upgrade's answer: names the group itself, for groups may have one name; see {@link #identifiedBy}. */
    public static final String GROUP = "Fish-Group-Id";

    /** Header of the upgrade: what only a node that holds the group's data can know. */
    public static final String PROOF = "Fish-Node-Proof";

    /** Where the upgrade is asked for. */
    public static final String PATH = "/link";

    /**
     * What all connections may hold together.
     *
     * @param requests for requests, until they are answered
     * @param answers for answers, until they are sent; nothing is asked of the service before
     * @param strangers in place of {@code requests}, for large requests over connections that have not shown that they
     *     may ask for anything: so these take little room of others
     */
    public record Budgets(ByteBudget requests, ByteBudget answers, ByteBudget strangers) {
        private static final int STRANGERS_PART = 8;

        /** Where strangers have an eighth of what is for requests. */
        public static Budgets of(ByteBudget requests, ByteBudget answers) {
            return new Budgets(requests, answers, requests.part(STRANGERS_PART));
        }
    }

    /**
     * What serves the requests of all connections.
     *
     * @param valueBytesMax of one value
     */
    record Serving(Service service, Budgets budgets, int valueBytesMax) {
        /** What a transaction that answers with so many values may answer. */
        long answerBytes(int values) {
            return Math.min((long) values * valueBytesMax, Txn.ANSWER_BYTES_MAX);
        }
    }

    private final Serving serving;
    private final LinkLimits limits;
    private final Function<HttpServerExchange, LinkCaller> callers;
    private final Repeated refused = new Repeated(System::nanoTime);
    private final ConcurrentHashMap<String, ServerConnection> latest = new ConcurrentHashMap<>();
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile Supplier<String> group = () -> "";
    private volatile boolean closed;

    /** With budgets of its own, and for everybody. */
    public LinkServer(Service service, LinkLimits limits) {
        this(
                service,
                limits,
                Budgets.of(new ByteBudget(limits.requestBytesMax()), new ByteBudget(limits.queueBytesMax())),
                limits.frameBytesMax(),
                upgrade -> LinkCaller.NODE);
    }

    /**
     * @param valueBytesMax of one value
     * @param callers who asks for this upgrade; must not block
     */
    public LinkServer(
            Service service,
            LinkLimits limits,
            Budgets budgets,
            int valueBytesMax,
            Function<HttpServerExchange, LinkCaller> callers) {
        this.serving = new Serving(service, budgets, valueBytesMax);
        this.limits = limits;
        this.callers = callers;
    }

    /** From now on it says so which group it is of, unless that is empty: a client of another group then asks nothing of it. */
    public LinkServer identifiedBy(Supplier<String> groupId) {
        group = groupId;
        return this;
    }

    /**
     * For {@value #PATH}: 101 to the upgrade; 405 to other methods, 426 to other requests, 503 where there
     * are too many connections of others than strangers already or the server is closed. Never blocks; runs on an I/O thread.
     */
    public HttpHandler handler() {
        return this::upgrade;
    }

    /** How many there are now. */
    public int connections() {
        return connections.size();
    }

    /** Ends all connections, and takes no more. */
    @Override
    public void close() {
        closed = true;
        connections.forEach(connection -> connection.close("the server is closed"));
    }

    private void upgrade(HttpServerExchange exchange) {
        if (!exchange.getRequestMethod().equals(Methods.GET)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, Methods.GET_STRING);
            exchange.setStatusCode(StatusCodes.METHOD_NOT_ALLOWED);
        } else if (!asksForUpgrade(exchange)) {
            exchange.getResponseHeaders().put(Headers.UPGRADE, PROTOCOL).put(Headers.CONNECTION, "Upgrade");
            exchange.setStatusCode(StatusCodes.UPGRADE_REQUIRED);
        } else if (full() && !makeRoom()) {
            tellRefused();
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
            exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
        } else {
            String client = exchange.getRequestHeaders().getFirst(CLIENT);
            LinkPeer peer = new LinkPeer(
                    exchange.getRequestHeaders().contains(PIECES),
                    exchange.getRequestHeaders().contains(TOKENS),
                    false);
            if (peer.pieces()) {
                exchange.getResponseHeaders().put(HttpString.tryFromString(PIECES), "1");
            }
            exchange.getResponseHeaders().put(HttpString.tryFromString(TOKENS), "1");
            String groupId = group.get();
            if (!groupId.isEmpty()) {
                exchange.getResponseHeaders().put(HttpString.tryFromString(GROUP), groupId);
            }
            LinkCaller caller = callers.apply(exchange);
            exchange.getResponseHeaders().put(HttpString.tryFromString(CONDITIONS), "1");
            exchange.upgradeChannel(
                    PROTOCOL, (connection, upgraded) -> open(connection, client == null ? "" : client, peer, caller));
        }
        exchange.endExchange();
    }

    private static boolean asksForUpgrade(HttpServerExchange exchange) {
        String protocol = exchange.getRequestHeaders().getFirst(Headers.UPGRADE);
        String connection = exchange.getRequestHeaders().getFirst(Headers.CONNECTION);
        return protocol != null
                && connection != null
                && protocol.equalsIgnoreCase(PROTOCOL)
                && connection.toLowerCase(Locale.ROOT).contains("upgrade")
                && exchange.getProtocol().equals(Protocols.HTTP_1_1);
    }

    private void tellRefused() {
        synchronized (refused) {
            if (!closed && refused.isNews("full")) {
                LOG.log(
                        Level.WARNING,
                        () -> "a front-end is refused a link: there are " + limits.connectionsMax()
                                + " already, as many as this node takes");
            }
        }
    }

    /** Ends the oldest connection of a stranger, if there is one: they keep no front-end out. */
    private boolean makeRoom() {
        Optional<ServerConnection> oldest = connections.stream()
                .filter(ServerConnection::isStranger)
                .min(Comparator.comparingLong(ServerConnection::openedNanos));
        oldest.ifPresent(connection -> connection.close("others need its room"));
        return oldest.isPresent() && !full();
    }

    private boolean full() {
        return closed || connections.size() >= limits.connectionsMax();
    }

    private void open(StreamConnection connection, String client, LinkPeer peer, LinkCaller caller) {
        // asked again: others may have come between the question and the upgrade
        if (full()) {
            IoUtils.safeClose(connection);
            return;
        }
        ServerConnection served = new ServerConnection(connection, serving, limits, peer, caller, ended -> {
            connections.remove(ended);
            latest.remove(client, ended);
        });
        connections.add(served);
        ServerConnection before = client.isEmpty() ? null : latest.put(client, served);
        if (closed) {
            served.close("the server is closed");
        }
        Runnable begin = () -> run(connection.getIoThread(), served, () -> start(served));
        if (before == null) {
            begin.run();
        } else {
            before.close("its client has a new connection");
            // Whatever that connection had read is with the service once its thread comes by again.
            run(before.ioThread(), served, begin);
        }
    }

    private static void run(XnioIoThread thread, ServerConnection served, Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            served.close("the worker is shut down");
        }
    }

    private static void start(ServerConnection served) {
        try {
            served.start();
        } catch (IOException e) {
            served.close(e.toString());
        }
    }
}
