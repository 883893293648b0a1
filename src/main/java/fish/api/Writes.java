package fish.api;

import fish.access.Grant;
import fish.access.Need;
import fish.contract.Code;
import fish.contract.Words;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.Outcome;
import fish.kv.RequestIds;
import fish.kv.Service;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Write;
import java.util.Optional;
import java.util.function.Consumer;

/** Hands writes to the service, and their failures to the client. Thread-safe. */
final class Writes {
    private final Service service;
    private final RequestIds ids;
    private final int valueBytesMax;

    /**
     * @param valueBytesMax of one value
     */
    Writes(Service service, RequestIds ids, int valueBytesMax) {
        this.service = service;
        this.ids = ids;
        this.valueBytesMax = valueBytesMax;
    }

    static Durability durability(Params params) {
        if (!params.has("durability")) {
            return Durability.DEFAULT;
        }
        return Words.durability(params.text("durability"))
                .orElseThrow(() -> Problem.badParameter("durability", "is memory, master, quorum, all or sites"));
    }

    /** Refuses what cannot be written by whoever asks, before its body is read. */
    static void requireWithin(Call call, Key key) {
        Optional<Failure> refusal = call.grant().refusal(key);
        if (refusal.isPresent()) {
            throw Statuses.problem(new Outcome.Refused(refusal.get())).exception();
        }
    }

    /** {@code committed} sends the answer, on the I/O thread. */
    void submit(
            Call call,
            Txn txn,
            Durability durability,
            long deadlineNanos,
            Idempotency idempotency,
            Consumer<TxnResult> committed) {
        Grant grant = call.grant();
        Optional<Failure> refusal = grant.refusal(Need.WRITE).or(() -> grant.refusal(txn));
        if (refusal.isPresent()) {
            throw Statuses.problem(new Outcome.Refused(refusal.get())).exception();
        }
        Write write = new Write(grant.narrowed(txn), durability, deadlineNanos, ids.next(), false, 0, idempotency)
                .with(call.room())
                .by(grant.asker());
        // All of it: what was written must be told.
        long most = Math.min((long) txn.valuesAnsweredMax() * valueBytesMax, Txn.ANSWER_BYTES_MAX);
        long answerBytes = service.forwards() ? 0 : most;
        call.await(
                deadlineNanos,
                answerBytes,
                () -> new Problem(Code.UNKNOWN_OUTCOME, "no answer in time"),
                () -> service.write(write, outcome -> call.answer(() -> ended(call, outcome, committed))));
    }

    private static void ended(Call call, Outcome outcome, Consumer<TxnResult> committed) {
        outcome.match(
                done -> {
                    if (done.replayed()) {
                        call.exchange().getResponseHeaders().put(FishHeaders.IDEMPOTENCY_REPLAYED, "true");
                    }
                    committed.accept(done.result());
                    return call;
                },
                refused -> failed(call, Statuses.problem(refused)),
                unknown -> failed(call, Statuses.problem(unknown)));
    }

    private static Call failed(Call call, Problem problem) {
        call.problem(problem);
        return call;
    }
}
