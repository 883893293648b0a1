package fish.api;

import fish.access.Grant;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.kv.ChangeSource;
import fish.kv.Key;
import fish.kv.Scope;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** {@code GET /changes}, as a page or as a stream. Thread-safe. */
public final class ChangeHandler {
    /** How long a stream's client may take nothing, as shipped. */
    public static final Duration STALL_MAX = Duration.ofSeconds(30);

    /** Of a page; also its default. */
    static final int COMMITS_MAX = 1000;

    private static final long WAIT_NANOS_MAX = Duration.ofSeconds(60).toNanos();
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final Set<String> PARAMS = Set.of("since", "prefix", "limit", "wait", "timeout");

    private final ChangeSource source;
    private final Duration stallMax;
    private final ChangeBudget budget = ChangeBudget.ofThisProcess();

    /**
     * @param stallMax how long a stream's client may take nothing while something waits for it; then its
     *     connection is closed, and it may resume
     */
    public ChangeHandler(ChangeSource source, Duration stallMax) {
        this.source = source;
        this.stallMax = stallMax;
    }

    /** What waits for watchers now, in bytes. */
    public long heldBytes() {
        return budget.taken();
    }

    /** What may wait for them all together, in bytes. */
    public long heldBytesMax() {
        return budget.max();
    }

    /** {@code GET /changes}. */
    public void get(Call call) {
        Params params = call.params(PARAMS);
        long deadline = call.deadlineNanos(params);
        long since = since(call, params);
        Scope scope = prefix(params).within(call.grant().scope());
        if (!call.grant().known()) {
            throw new Problem(Code.STARTING, Grant.notYet().detail()).exception();
        }
        if (wantsStream(call)) {
            params.refuse("limit", "is for pages, not for streams");
            params.refuse("wait", "is for pages, not for streams");
            stream(call, since, scope);
        } else {
            int limit = (int) params.number("limit", 1, COMMITS_MAX, COMMITS_MAX);
            long wait = params.durationNanos("wait", 0, WAIT_NANOS_MAX, 0);
            page(call, since, scope, deadline, new ChangePage.Bounds(limit, wait));
        }
    }

    private void page(Call call, long since, Scope scope, long deadline, ChangePage.Bounds bounds) {
        long now = System.nanoTime();
        long end = now + Math.max(bounds.waitNanos(), deadline - now);
        ChangePage page = new ChangePage(call, budget, bounds, now, end);
        call.await(
                end,
                () -> new Problem(Code.STARTING, "the changes could not be read in time"),
                () -> source.watch(since, scope, page));
    }

    private void stream(Call call, long since, Scope scope) {
        call.leaveTo(exchange -> {
            ChangeStream stream = new ChangeStream(call, budget, stallMax);
            exchange.dispatch(SameThreadExecutor.INSTANCE, (Runnable) () -> source.watch(since, scope, stream));
        });
    }

    private static long since(Call call, Params params) {
        long since = params.number("since", 0, Reads.REVISION_MAX, ChangeSource.NOW);
        String last = call.exchange().getRequestHeaders().getFirst(LAST_EVENT_ID);
        if (last == null || last.isEmpty()) {
            return since;
        }
        // At most 16 digits, as 2^53 has.
        boolean digits = last.length() <= 16 && last.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Long.parseLong(last) > Reads.REVISION_MAX) {
            throw Problem.badRequest(LAST_EVENT_ID + " is a revision, as the events carry it");
        }
        return Long.parseLong(last);
    }

    private static Scope prefix(Params params) {
        byte[] prefix = params.text("prefix").getBytes(StandardCharsets.UTF_8);
        if (prefix.length > Key.BYTES_MAX) {
            throw Problem.badParameter("prefix", "has at most " + Key.BYTES_MAX + " bytes");
        }
        return Scope.of(prefix);
    }

    /** The form of the answer depends on what was asked for. */
    static void vary(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.VARY, "Accept");
    }

    private static boolean wantsStream(Call call) {
        HeaderValues accept = call.exchange().getRequestHeaders().get(Headers.ACCEPT);
        return accept != null
                && accept.stream()
                        .flatMap(line -> Arrays.stream(line.split(",", -1)))
                        .map(range -> range.replace(" ", "").toLowerCase(Locale.ROOT))
                        .anyMatch(range -> range.split(";", -1)[0].equals("text/event-stream")
                                && !range.matches(".*;q=0(\\.0*)?"));
    }
}
