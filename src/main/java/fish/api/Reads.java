package fish.api;

import fish.access.Grant;
import fish.access.Need;
import fish.contract.Code;
import fish.contract.Words;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Service;
import io.undertow.util.HeaderMap;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Hands reads to the service, and says of each answer which state it shows. Thread-safe. */
final class Reads {
    /** Revisions are below 2^53, so that every JSON parser holds them exactly. */
    static final long REVISION_MAX = (1L << 53) - 1;

    private static final long LAG_NANOS_MAX = TimeUnit.DAYS.toNanos(3650);

    private final Service service;

    Reads(Service service) {
        this.service = service;
    }

    /** The query with what the parameters say about the state that it may see. */
    static Read read(Query query, Params params, long deadlineNanos) {
        long after = params.number("after", 0, REVISION_MAX, 0);
        long maxLagNanos = params.durationNanos("max-lag", 0, LAG_NANOS_MAX, Read.ANY_LAG);
        long maxLagMillis = maxLagNanos < 0 ? Read.ANY_LAG : TimeUnit.NANOSECONDS.toMillis(maxLagNanos);
        boolean local = params.has("after") || params.has("max-lag");
        Consistency consistency = local ? Consistency.LOCAL : Consistency.STRONG;
        if (params.has("consistency")) {
            consistency = consistency(params.text("consistency"));
        }
        if (local && consistency != Consistency.LOCAL) {
            String name = params.has("after") ? "after" : "max-lag";
            throw Problem.badParameter(name, "is for consistency=local");
        }
        return new Read(query, consistency, after, maxLagMillis, deadlineNanos);
    }

    private static Consistency consistency(String text) {
        return Words.consistency(text)
                .orElseThrow(() -> Problem.badParameter("consistency", "is strong, master or local"));
    }

    /** {@code found} sends the answer, on the I/O thread. */
    void submit(Call call, Read read, Consumer<ReadOutcome.Found> found) {
        boolean onceKnown = read.boundsCopy() && !call.grant().known();
        Optional<Failure> refusal = onceKnown ? Optional.empty() : refusal(call.grant(), read);
        if (refusal.isPresent()) {
            throw Statuses.problem(new ReadOutcome.Failed(refusal.get())).exception();
        }
        boolean forwarded = service.forwards() && read.consistency() != Consistency.LOCAL;
        call.await(
                read.deadlineNanos(),
                forwarded ? Query.RECORD_BYTES_ABOUT : read.query().answerBytesAbout(),
                () -> read.consistency() == Consistency.LOCAL
                        ? new Problem(Code.LAGGING, "no answer in time")
                        : new Problem(Code.NO_MASTER, "no answer in time"),
                () -> {
                    if (onceKnown) {
                        serveOnceKnown(call, read, found);
                    } else {
                        serve(call, call.grant(), read, found);
                    }
                });
    }

    private void serve(Call call, Grant grant, Read read, Consumer<ReadOutcome.Found> found) {
        Read narrowed = read.of(grant.narrowed(read.query())).by(grant.asker());
        service.read(narrowed.with(call.room()), outcome -> call.answer(() -> ended(call, outcome, found)));
    }

    /** What its copy has to hold for this read is also enough to know who may see it. */
    private void serveOnceKnown(Call call, Read read, Consumer<ReadOutcome.Found> found) {
        service.read(read.of(Query.Reads.NOTHING), held -> {
            if (held instanceof ReadOutcome.Failed) {
                call.answer(() -> ended(call, held, found));
                return;
            }
            Grant grant = call.grantNow();
            Optional<Failure> refusal = grant.refusal(Need.READ).or(() -> refusal(grant, read));
            if (refusal.isPresent()) {
                call.answer(() -> ended(call, new ReadOutcome.Failed(refusal.get()), found));
            } else {
                serve(call, grant, read, found);
            }
        });
    }

    /** A node's own copy is shown to those alone of whom this node itself knows that they may see it. */
    private static Optional<Failure> refusal(Grant grant, Read read) {
        return read.consistency() == Consistency.LOCAL && !grant.known()
                ? Optional.of(Grant.notYet())
                : grant.refusal(read.query());
    }

    private static void ended(Call call, ReadOutcome outcome, Consumer<ReadOutcome.Found> found) {
        outcome.match(
                done -> {
                    describe(call.exchange().getResponseHeaders(), done);
                    found.accept(done);
                    return call;
                },
                failed -> {
                    call.problem(Statuses.problem(failed));
                    return call;
                });
    }

    private static void describe(HeaderMap headers, ReadOutcome.Found found) {
        headers.put(FishHeaders.CONSISTENCY, Words.of(found.consistency()));
        headers.put(FishHeaders.NODE, found.node());
        if (found.consistency() == Consistency.LOCAL) {
            double lag = found.lagSeconds();
            headers.put(FishHeaders.LAG, Double.isNaN(lag) ? Words.UNKNOWN : seconds(lag));
        }
    }

    /** With three digits after the point; a formatter takes a tenth of the time of a whole read for it. */
    static String seconds(double seconds) {
        long millis = Math.round(seconds * 1e3);
        String text = Long.toString(millis % 1000 + 1000);
        return millis / 1000 + "." + text.substring(1);
    }
}
