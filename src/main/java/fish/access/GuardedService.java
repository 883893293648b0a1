package fish.access;

import fish.kv.Asker;
import fish.kv.Failure;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Service;
import fish.kv.Txn;
import fish.kv.Write;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A service that sees to it that whoever asks may have it, where nobody has seen to it before: so the master decides
 * again about all that front-ends send, whatever they have let pass. A write carries on what it was let in by, for
 * whoever applies it to look at once more: it may wait for long. Thread-safe.
 */
public final class GuardedService implements Service {
    private final Service service;
    private final Gate gate;

    public GuardedService(Service service, Gate gate) {
        this.service = service;
        this.gate = gate;
    }

    @Override
    public void write(Write write, Consumer<? super Outcome> answer) {
        if (write.asker().checked()) {
            service.write(write, answer);
            return;
        }
        Grant grant = gate.grant(write.asker().token());
        Optional<Failure> refusal = refusal(grant, Need.WRITE).or(() -> grant.refusal(write.txn()));
        if (refusal.isPresent()) {
            answer.accept(new Outcome.Refused(refusal.get()));
        } else {
            Asker seenTo = Asker.NOBODY.during(grant::holds);
            service.write(write.of(grant.narrowed(write.txn())).by(seenTo), whenKnown(write.txn(), answer));
        }
    }

    @Override
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        if (read.asker().checked() || isOfNothing(read)) {
            service.read(read, answer);
            return;
        }
        Grant grant = gate.grant(read.asker().token());
        Optional<Failure> refusal = refusal(grant, Need.READ).or(() -> grant.refusal(read.query()));
        if (refusal.isPresent()) {
            answer.accept(new ReadOutcome.Failed(refusal.get()));
        } else {
            service.read(read.of(grant.narrowed(read.query())).by(Asker.NOBODY), whileItHolds(grant, answer));
        }
    }

    /** What was read for whoever may not read any more is not told. */
    private static Consumer<ReadOutcome> whileItHolds(Grant grant, Consumer<? super ReadOutcome> answer) {
        return outcome -> answer.accept(grant.asker()
                .refusalByNow()
                .<ReadOutcome>map(ReadOutcome.Failed::new)
                .orElse(outcome));
    }

    /** Whoever is told that a token is there, or gone, comes with the next request at once. */
    private Consumer<? super Outcome> whenKnown(Txn txn, Consumer<? super Outcome> answer) {
        if (txn.then().stream().noneMatch(Operation.OfTokens.class::isInstance)) {
            return answer;
        }
        return outcome -> {
            gate.refresh();
            answer.accept(outcome);
        };
    }

    /** Nobody else would look after it. */
    private static Optional<Failure> refusal(Grant grant, Need need) {
        return grant.known() ? grant.refusal(need) : grant.refusal(need).or(() -> Optional.of(Grant.notYet()));
    }

    /** What nodes ask for themselves: how far the master is. */
    private static boolean isOfNothing(Read read) {
        if (read.boundsCopy() || !(read.query() instanceof Query.Reads reads)) {
            return false;
        }
        Txn txn = reads.txn();
        return txn.conditions().isEmpty()
                && txn.then().isEmpty()
                && txn.otherwise().isEmpty();
    }

    @Override
    public boolean forwards() {
        return service.forwards();
    }
}
