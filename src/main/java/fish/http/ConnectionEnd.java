package fish.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells those who want to know when a connection ends, for as long as they do: Undertow's own listeners stay
 * until then, and a connection may last for a million requests. Thread-safe.
 */
public final class ConnectionEnd {
    private static final AttachmentKey<ConnectionEnd> KEY = AttachmentKey.create(ConnectionEnd.class);

    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    private ConnectionEnd() {}

    /** Of the connection that this came over; on its I/O thread. */
    public static ConnectionEnd of(HttpServerExchange exchange) {
        ServerConnection connection = exchange.getConnection();
        ConnectionEnd known = connection.getAttachment(KEY);
        if (known != null) {
            return known;
        }
        ConnectionEnd end = new ConnectionEnd();
        connection.putAttachment(KEY, end);
        connection.addCloseListener(closed -> end.tell());
        return end;
    }

    /** Told once, at once if it has ended already; must not block. */
    public void add(Runnable listener) {
        listeners.add(listener);
        if (ended) {
            tell();
        }
    }

    public void remove(Runnable listener) {
        listeners.remove(listener);
    }

    /** How many want to know. */
    int count() {
        return listeners.size();
    }

    private void tell() {
        ended = true;
        for (Runnable listener : List.copyOf(listeners)) {
            if (listeners.remove(listener)) {
                listener.run();
            }
        }
    }
}
