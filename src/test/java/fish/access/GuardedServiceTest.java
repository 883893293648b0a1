package fish.access;

import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Asker;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.RequestId;
import fish.kv.Scope;
import fish.kv.Service;
import fish.kv.StoredRecord;
import fish.kv.Token;
import fish.kv.TokenRole;
import fish.kv.TokenTable;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.kv.Write;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The master's second look at what front-ends send, and what it gives on of it. */
class GuardedServiceTest {
    private static final Key KEY = Key.of("a");

    /** Keeps what it is asked, as a master does that waits for others. */
    private static final class Waiting implements Service {
        final List<Write> writes = new ArrayList<>();
        final List<Runnable> reads = new ArrayList<>();

        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            writes.add(write);
        }

        @Override
        public void read(Read read, Consumer<? super ReadOutcome> answer) {
            TxnResult nothing = new TxnResult(true, 1, List.of());
            reads.add(() -> answer.accept(new ReadOutcome.Found(nothing, false, Consistency.STRONG, "b0", 0)));
        }
    }

    private final List<Token> tokens = new ArrayList<>();
    private long revision = 1;
    private final Tokens gate =
            new Tokens(known -> new TokenTable(revision, !tokens.isEmpty(), List.copyOf(tokens)), Clock.systemUTC());
    private final Waiting waiting = new Waiting();
    private final GuardedService guarded = new GuardedService(waiting, gate);
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<ReadOutcome> readOutcomes = new ArrayList<>();

    GuardedServiceTest() {
        tokens.add(Tokens.described("root", TokenRole.ADMIN, Scope.ALL, StoredRecord.NEVER, "secret-root"));
        tokens.add(Tokens.described("ci", TokenRole.WRITE, Scope.ALL, StoredRecord.NEVER, "secret-ci"));
        gate.refresh();
    }

    @AfterEach
    void close() {
        gate.close();
    }

    private void remove(String name) {
        tokens.removeIf(token -> token.name().equals(name));
        revision++;
        gate.refresh();
    }

    private void write(String token) {
        Txn put = Txn.of(new Operation.Put(KEY, new Value(new byte[0], "", ""), Operation.NO_TTL));
        guarded.write(
                Write.of(put, Durability.DEFAULT, Long.MAX_VALUE, new RequestId(1, 2))
                        .by(new Asker(token, false)),
                outcomes::add);
    }

    private void read(String token) {
        guarded.read(
                Read.of(new Query.Get(KEY, true), Consistency.STRONG, Long.MAX_VALUE)
                        .by(new Asker(token, false)),
                readOutcomes::add);
    }

    @Test
    void aWriteCarriesOnWhetherItsTokenIsStillThere() {
        write("secret-ci");
        write("secret-root");
        remove("ci");
        assertThat(outcomes).isEmpty();
        assertThat(waiting.writes)
                .extracting(write -> write.asker().refusalByNow().isPresent())
                .containsExactly(true, false);
        assertThat(waiting.writes)
                .allMatch(write ->
                        write.asker().checked() && write.asker().token().isEmpty());
        write("secret-ci");
        assertThat(((Outcome.Refused) outcomes.get(0)).failure().reason()).isEqualTo(Reason.UNAUTHENTICATED);
    }

    @Test
    void whatWasReadForATokenThatIsGoneIsNotTold() {
        read("secret-ci");
        read("secret-root");
        remove("ci");
        waiting.reads.forEach(Runnable::run);
        assertThat(((ReadOutcome.Failed) readOutcomes.get(0)).failure().reason())
                .isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(readOutcomes.get(1)).isInstanceOf(ReadOutcome.Found.class);
    }

    @Test
    void whatWasAskedOfAnOpenGroupIsRefusedOnceItIsLocked() {
        List<Token> made = List.copyOf(tokens);
        tokens.clear();
        revision++;
        gate.refresh();
        write("");
        read("");
        tokens.addAll(made);
        revision++;
        gate.refresh();
        assertThat(waiting.writes.get(0).asker().refusalByNow()).isPresent();
        waiting.reads.forEach(Runnable::run);
        assertThat(readOutcomes.get(0)).isInstanceOf(ReadOutcome.Failed.class);
    }
}
