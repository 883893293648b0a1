package fish.http;

import fish.access.Grant;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.StatusCodes;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * A request that a handler answers by itself, until that is over: the answer to the end, or, once the connection speaks
 * another protocol, the connection. Of that request nothing is kept then, since its room was given back. Thread-safe.
 */
final class Lasting {
    private final ServerParts parts;
    private final Route route;
    private final Grant grant;
    private final ServerConnection connection;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Call call;

    private Lasting(Call call, Route route, ServerParts parts) {
        this.call = call;
        this.route = route;
        this.parts = parts;
        this.grant = call.grant();
        this.connection = call.exchange().getConnection();
    }

    /** On the I/O thread of its connection. */
    static void begin(Call call, Route route, ServerParts parts) {
        HttpServerExchange exchange = call.exchange();
        Lasting lasting = new Lasting(call, route, parts);
        parts.limits().leave();
        parts.timer().addLasting(lasting);
        ConnectionEnd connectionEnd = ConnectionEnd.of(exchange);
        Runnable end = lasting::end;
        connectionEnd.add(end);
        exchange.addExchangeCompleteListener((ended, next) -> {
            if (ended.isUpgrade()) {
                lasting.call = null;
            } else {
                connectionEnd.remove(end);
                end.run();
            }
            next.proceed();
        });
    }

    private void end() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        parts.timer().removeLasting(this);
        Call answered = call;
        if (answered == null) {
            parts.stats().ended(route, StatusCodes.SWITCHING_PROTOCOLS, false, null, -1);
        } else {
            answered.count(-1);
        }
        parts.limits().comeBack();
    }

    /** Ends the connection, once whoever asked may not have it any more. Any thread. */
    void endIfRefused() {
        if (!grant.holds()) {
            IoUtils.safeClose(connection);
        }
    }
}
