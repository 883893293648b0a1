package fish.link;

import fish.kv.Consistency;
import fish.kv.OpResult;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Service;
import fish.kv.StoredRecord;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.kv.Write;
import java.util.List;
import java.util.function.Consumer;

/** Answers at once: a write with its request's number as revision, a read with a value of so many bytes as its key says. */
public final class EchoService implements Service {
    @Override
    public void write(Write write, Consumer<? super Outcome> answer) {
        answer.accept(new Outcome.Committed(new TxnResult(true, write.id().low(), List.of()), false));
    }

    @Override
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        Query.Get get = (Query.Get) read.query();
        int bytes = Integer.parseInt(get.key().toString());
        if (!read.room().correct(bytes)) {
            read.room().take(bytes, () -> read(read, answer));
            return;
        }
        Value value = new Value(new byte[bytes], "", "");
        OpResult got = new OpResult.Got(new StoredRecord(get.key(), value, 1, 1, StoredRecord.NEVER));
        answer.accept(
                new ReadOutcome.Found(new TxnResult(true, 1, List.of(got)), false, Consistency.STRONG, "echo", 0));
    }
}
