package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;

/** {@code GET /cluster/backup}: a tar, as a stream of unknown length. Thread-safe. */
public final class BackupHandler {
    /** Where backups come from. */
    @FunctionalInterface
    public interface Source {
        /** Begins one on a thread of its own, or says why not. Neither blocks nor throws. */
        void backup(Sink sink);
    }

    /** How long a backup may go on. */
    @FunctionalInterface
    public interface Bounds {
        /**
         * Asked for each buffer that is sent, and four times a second while the client takes nothing. Does not block.
         *
         * @throws IOException to end it, with the reason
         */
        void require() throws IOException;
    }

    /** Takes one backup. */
    public interface Sink {
        /**
         * From here on a failure cuts the answer off, unless nothing of it was sent yet.
         *
         * @param revision every commit up to it will be there
         * @param bytes how much there will be, about
         * @param bounds what writes fail with too
         * @return its writes block until the client has taken nearly all, and fail where it is gone or too slow. May be closed or not
         */
        OutputStream begin(long revision, long bytes, Bounds bounds);

        /** There is none, or none that is whole. */
        void failed(Problem problem);

        /**
         * All was written. Blocks as writes do.
         *
         * @throws IOException if the client has not taken all of it
         */
        void done() throws IOException;
    }

    /**
     * How slow a client may be: its backup keeps files from being deleted.
     *
     * @param bytesMin to be taken in each such time
     */
    public record Pace(Duration window, long bytesMin) {
        /** As shipped. */
        public static final Pace DEFAULT = new Pace(Duration.ofSeconds(30), 1 << 20);
    }

    private static final Set<String> PARAMS = Set.of("timeout");

    private final Source source;
    private final Pace pace;

    public BackupHandler(Source source, Pace pace) {
        this.source = source;
        this.pace = pace;
    }

    /** {@code GET}. */
    public void get(Call call) {
        // It has an end of its own, but the parameter may stand at every request.
        call.deadlineNanos(call.params(PARAMS));
        call.leaveTo(exchange -> {
            if (exchange.getRequestMethod().equals(Methods.HEAD)) {
                headers(exchange);
                // Had it no channel by then, its end would say that the answer is empty.
                exchange.getResponseChannel();
                exchange.endExchange();
                return;
            }
            BackupStream stream = new BackupStream(call, pace);
            exchange.dispatch(SameThreadExecutor.INSTANCE, (Runnable) () -> source.backup(stream));
        });
    }

    static void headers(HttpServerExchange exchange) {
        exchange.setStatusCode(200);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/x-tar");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    }

    /** For a node that makes none. */
    public static Source none() {
        return sink -> sink.failed(new Problem(Code.STARTING, "no backups here"));
    }
}
