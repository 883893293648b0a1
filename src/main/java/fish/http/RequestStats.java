package fish.http;

import fish.contract.Code;
import fish.contract.Words;
import fish.metrics.Bounds;
import fish.metrics.Counts;
import fish.metrics.Histogram;
import fish.metrics.Metrics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests of one server by route, status and outcome, and how long they took: from a whole head to the
 * last byte of the answer; not of streams and other protocols, which last as long as their client wants. Thread-safe;
 * does not block.
 */
public final class RequestStats {
    /** How a request ended, beside its status. */
    private enum Outcome {
        OK("ok"),
        NOT_APPLIED(Words.NOT_APPLIED),
        UNKNOWN(Words.UNKNOWN),
        FAILED("failed"),
        ABANDONED("abandoned");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    private record Ending(int status, Outcome outcome) {}

    /** Of one line of the table, or of all requests for which there is none. */
    private static final class OfRoute {
        private final String method;
        private final String path;
        private final ConcurrentMap<Ending, LongAdder> endings = new ConcurrentHashMap<>();
        private final Histogram reads = new Histogram(Bounds.DURATIONS);
        private final Histogram writes;

        OfRoute(String method, String path, boolean writes) {
            this.method = method;
            this.path = path;
            this.writes = writes ? new Histogram(Bounds.DURATIONS) : reads;
        }

        Counts times() {
            return writes == reads ? reads.counts() : reads.counts().plus(writes.counts());
        }
    }

    private final IdentityHashMap<Route, OfRoute> byRoute = new IdentityHashMap<>();
    private final OfRoute elsewhere = new OfRoute("other", "none", false);
    private final ConcurrentMap<Code, LongAdder> problems = new ConcurrentHashMap<>();

    RequestStats(Collection<Route> routes) {
        for (Route route : routes) {
            byRoute.put(route, new OfRoute(route.method().toString(), route.path(), route.write()));
        }
    }

    /**
     * One has ended.
     *
     * @param status 0: it was not answered
     * @param write whether it was one, as far as it was understood
     * @param problem what it was answered, if that
     * @param nanos how long it took; negative: that says nothing
     */
    void ended(Route route, int status, boolean write, @Nullable Code problem, long nanos) {
        OfRoute of = byRoute.getOrDefault(route, elsewhere);
        of.endings
                .computeIfAbsent(new Ending(status, outcome(status, write, problem)), ending -> new LongAdder())
                .increment();
        if (problem != null) {
            problems.computeIfAbsent(problem, code -> new LongAdder()).increment();
        }
        if (nanos >= 0) {
            (write ? of.writes : of.reads).observe(nanos);
        }
    }

    private static Outcome outcome(int status, boolean write, @Nullable Code problem) {
        if (status == 0) {
            return Outcome.ABANDONED;
        }
        if (status < 400) {
            return Outcome.OK;
        }
        if (!write || problem == null || problem == Code.METHOD_NOT_ALLOWED) {
            return Outcome.FAILED;
        }
        return problem.outcomeUnknown() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
    }

    /** How long requests to some routes took, those that turned out to be reads; in seconds. */
    public Counts reads(Predicate<Route> which) {
        Counts all = Counts.none(Bounds.DURATIONS);
        for (Map.Entry<Route, OfRoute> of : byRoute.entrySet()) {
            boolean readsToo = !of.getKey().write() || of.getKey().bodyTells();
            all = readsToo && which.test(of.getKey())
                    ? all.plus(of.getValue().reads.counts())
                    : all;
        }
        return all;
    }

    /** As {@link #reads}, of writes. */
    public Counts writes(Predicate<Route> which) {
        Counts all = Counts.none(Bounds.DURATIONS);
        for (Map.Entry<Route, OfRoute> of : byRoute.entrySet()) {
            all = of.getKey().write() && which.test(of.getKey())
                    ? all.plus(of.getValue().writes.counts())
                    : all;
        }
        return all;
    }

    /** Requests to some routes that were answered 5xx or 429, or not at all. */
    public long failures(Predicate<Route> which) {
        LongAdder sum = new LongAdder();
        byRoute.forEach((route, of) -> of.endings.forEach((ending, count) -> {
            boolean failed = ending.status >= 500 || ending.status == 429 || ending.status == 0;
            sum.add(failed && which.test(route) ? count.sum() : 0);
        }));
        return sum.sum();
    }

    void register(Metrics metrics) {
        List<OfRoute> all = new ArrayList<>(byRoute.values());
        all.add(elsewhere);
        metrics.counters(
                "fish_http_requests_total",
                "Requests that have ended, by the route's pattern (none: there is none for it), by status (0: none was sent)"
                        + " and by outcome: ok, failed (not a write), not-applied, unknown, abandoned (no answer).",
                List.of("method", "route", "status", "outcome"),
                values -> all.forEach(of -> of.endings.forEach((ending, count) -> values.add(
                        count.sum(), of.method, of.path, String.valueOf(ending.status), ending.outcome.word))));
        metrics.counters(
                "fish_http_problems_total",
                "Requests that were answered with a problem, by its code.",
                List.of("code"),
                values -> problems.forEach((code, count) -> values.add(count.sum(), code.text())));
        metrics.histograms(
                "fish_http_request_duration_seconds",
                "From a request's whole head to the last byte of its answer; streams and upgrades are left out.",
                List.of("method", "route"),
                values -> all.forEach(of -> {
                    Counts counts = of.times();
                    if (counts.count() > 0) {
                        values.add(counts, of.method, of.path);
                    }
                }));
    }
}
