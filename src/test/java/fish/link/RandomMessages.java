package fish.link;

import fish.kv.Asker;
import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.RequestId;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.kv.Write;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Any messages, the same ones for the same seed. */
final class RandomMessages {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Random random;

    RandomMessages(long seed) {
        this.random = new Random(seed);
    }

    Write write(long nowNanos) {
        return new Write(
                        txn(),
                        pick(Durability.values()),
                        nowNanos + random.nextInt(300_000) * NANOS_PER_MILLI,
                        new RequestId(random.nextLong(), random.nextLong()),
                        random.nextBoolean(),
                        revision(),
                        idempotency())
                .by(asker());
    }

    Read read(long nowNanos) {
        return new Read(
                        query(),
                        pick(Consistency.values()),
                        revision(),
                        random.nextBoolean() ? Read.ANY_LAG : revision(),
                        nowNanos + random.nextInt(300_000) * NANOS_PER_MILLI)
                .by(asker());
    }

    /** As it arrives: nobody has seen to it at this end. */
    private Asker asker() {
        return new Asker(random.nextBoolean() ? "" : "fish_" + random.nextInt(1000), false);
    }

    Outcome outcome() {
        return switch (random.nextInt(3)) {
            case 0 -> new Outcome.Committed(result(), random.nextBoolean());
            case 1 -> new Outcome.Refused(failure());
            default -> new Outcome.Unknown(failure());
        };
    }

    ReadOutcome readOutcome() {
        if (random.nextInt(4) == 0) {
            return new ReadOutcome.Failed(failure());
        }
        double lag = random.nextBoolean() ? Double.NaN : random.nextDouble();
        return new ReadOutcome.Found(result(), random.nextBoolean(), pick(Consistency.values()), text(), lag);
    }

    private Txn txn() {
        return new Txn(many(this::condition), many(this::operation), many(this::operation));
    }

    private Query query() {
        return switch (random.nextInt(4)) {
            case 0 -> new Query.Get(key(), random.nextBoolean());
            case 1 ->
                new Query.Range(
                        bytes(30),
                        bytes(30),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        1 + random.nextInt(Query.Range.LIMIT_MAX),
                        random.nextInt(1 << 22));
            case 2 -> new Query.Count(bytes(30), bytes(30));
            default -> new Query.Reads(new Txn(many(this::condition), many(this::get), many(this::get)));
        };
    }

    private Condition condition() {
        return switch (random.nextInt(4)) {
            case 0 -> new Condition.Exists(key(), random.nextBoolean());
            case 1 ->
                new Condition.RevisionIn(
                        key(),
                        Stream.generate(this::revision).limit(random.nextInt(5)).collect(Collectors.toSet()),
                        random.nextBoolean());
            case 2 -> new Condition.BytesAre(key(), bytes(100));
            default -> new Condition.JsonIs(key(), text());
        };
    }

    private Operation operation() {
        return switch (random.nextInt(5)) {
            case 0 -> new Operation.Put(key(), value(), revision() % (Operation.TTL_MILLIS_MAX + 1));
            case 2 -> new Operation.Touch(key(), revision() % (Operation.TTL_MILLIS_MAX + 1));
            case 3 -> new Operation.DeleteRange(bytes(30), bytes(30), 1 + random.nextInt(1000));
            case 1 -> new Operation.Delete(key());
            default -> get();
        };
    }

    private Operation get() {
        return new Operation.Get(key(), random.nextBoolean());
    }

    private TxnResult result() {
        return new TxnResult(random.nextBoolean(), revision(), many(this::opResult));
    }

    private OpResult opResult() {
        return switch (random.nextInt(7)) {
            case 0 -> new OpResult.Put(key(), revision(), revision(), random.nextBoolean() ? 0 : revision());
            case 3 -> new OpResult.Touched(key(), revision(), revision(), revision());
            case 4 -> new OpResult.DeletedRange(random.nextInt(1001), random.nextBoolean());
            case 5 -> new OpResult.Counted(revision());
            case 1 -> new OpResult.Deleted(key(), random.nextBoolean());
            case 2 -> new OpResult.Got(new StoredRecord(key(), value(), revision(), revision(), revision()));
            default -> new OpResult.Absent(key());
        };
    }

    private Failure failure() {
        return new Failure(pick(Reason.values()), text(), random.nextBoolean() ? "" : text());
    }

    private Idempotency idempotency() {
        if (random.nextBoolean()) {
            return Idempotency.NONE;
        }
        byte[] digest = new byte[Idempotency.DIGEST_BYTES];
        random.nextBytes(digest);
        return new Idempotency("key-" + random.nextInt(), digest);
    }

    private Key key() {
        return Key.of("k" + random.nextInt() + (random.nextBoolean() ? "" : "é\uD83D\uDC1F"));
    }

    private Value value() {
        int size = random.nextInt(8) == 0 ? 3 * MessageWriter.REFERRED_BYTES_MIN : 50;
        return new Value(bytes(size), random.nextBoolean() ? "" : "text/plain; é", random.nextBoolean() ? "" : "gzip");
    }

    private byte[] bytes(int max) {
        byte[] bytes = new byte[random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Any characters, unpaired surrogates among them. */
    private String text() {
        int range = pick(List.of(0x80, 0x800, 0x10000).toArray(Integer[]::new));
        return IntStream.range(0, random.nextInt(20))
                .mapToObj(i -> String.valueOf((char) random.nextInt(range)))
                .collect(Collectors.joining());
    }

    private long revision() {
        return random.nextLong() >>> (11 + random.nextInt(50));
    }

    private <T> List<T> many(Supplier<T> each) {
        return Stream.generate(each).limit(random.nextInt(6)).toList();
    }

    private <T> T pick(T[] from) {
        return from[random.nextInt(from.length)];
    }
}
