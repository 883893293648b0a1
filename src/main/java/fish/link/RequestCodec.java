package fish.link;

import fish.kv.Asker;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.RequestId;
import fish.kv.Scope;
import fish.kv.Txn;
import fish.kv.Write;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The messages of a {@link Write} and of a {@link Read}. A deadline travels as the milliseconds that are
 * left, rounded down, since two machines share no clock; the time under way is not taken off.
 */
final class RequestCodec {
    /** Changes when a message of this version could be read wrongly by one that knows the next. */
    static final int VERSION = 1;

    /** Of a request that says who asks; for peers that know of tokens. */
    private static final int WITH_ASKER = 2;

    /** More is cut to it; no request may ask for nearly as much. */
    static final long REMAINING_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

    /** A bound may be a key with something after it. */
    static final int BOUND_BYTES_MAX = 2 * Key.BYTES_MAX;

    static final Codes<Consistency> CONSISTENCIES =
            new Codes<>(Consistency.class, List.of(Consistency.STRONG, Consistency.MASTER, Consistency.LOCAL));

    private static final Codes<Durability> DURABILITIES = new Codes<>(
            Durability.class,
            List.of(
                    Durability.DEFAULT,
                    Durability.MEMORY,
                    Durability.MASTER,
                    Durability.QUORUM,
                    Durability.ALL,
                    Durability.SITES));

    private static final int GET = 0;
    private static final int RANGE = 1;
    private static final int READS = 2;
    private static final int COUNT = 3;
    // For peers that know of tokens.
    private static final int RANGE_WITHIN = 4;
    private static final int COUNT_WITHIN = 5;

    private RequestCodec() {}

    static Frame frame(Write write, long id, long nowNanos) {
        MessageWriter out = new MessageWriter();
        writeAsker(out, write.asker());
        out.i64(write.id().high());
        out.i64(write.id().low());
        DURABILITIES.write(out, write.durability());
        writeDeadline(out, write.deadlineNanos(), nowNanos);
        out.flag(write.sentBefore());
        out.i64(write.knownRevision(), 0, Long.MAX_VALUE);
        write(out, write.idempotency());
        TxnCodec.write(out, write.txn());
        return out.frame(FrameKind.WRITE, id);
    }

    static Write readWrite(MessageReader in, long nowNanos) throws MalformedMessageException {
        Asker asker = readAsker(in);
        RequestId id = new RequestId(in.i64(), in.i64());
        Durability durability = DURABILITIES.read(in);
        long deadlineNanos = readDeadline(in, nowNanos);
        boolean sentBefore = in.flag();
        long knownRevision = in.i64(0, Long.MAX_VALUE);
        Idempotency idempotency = readIdempotency(in);
        Txn txn = TxnCodec.readTxn(in);
        in.end();
        return new Write(txn, durability, deadlineNanos, id, sentBefore, knownRevision, idempotency).by(asker);
    }

    static Frame frame(Read read, long id, long nowNanos) {
        MessageWriter out = new MessageWriter();
        writeAsker(out, read.asker());
        CONSISTENCIES.write(out, read.consistency());
        out.i64(read.after(), 0, Long.MAX_VALUE);
        out.i64(read.maxLagMillis(), Read.ANY_LAG, Long.MAX_VALUE);
        writeDeadline(out, read.deadlineNanos(), nowNanos);
        write(out, read.query());
        return out.frame(FrameKind.READ, id);
    }

    static Read readRead(MessageReader in, long nowNanos) throws MalformedMessageException {
        Asker asker = readAsker(in);
        Consistency consistency = CONSISTENCIES.read(in);
        long after = in.i64(0, Long.MAX_VALUE);
        long maxLagMillis = in.i64(Read.ANY_LAG, Long.MAX_VALUE);
        long deadlineNanos = readDeadline(in, nowNanos);
        Query query = readQuery(in);
        in.end();
        return new Read(query, consistency, after, maxLagMillis, deadlineNanos).by(asker);
    }

    private static void writeAsker(MessageWriter out, Asker asker) {
        if (asker.token().isEmpty()) {
            out.u8(VERSION);
        } else {
            out.u8(WITH_ASKER);
            out.latin1(asker.token(), Asker.TOKEN_CHARS_MAX);
        }
    }

    /** Whatever the peer has seen to, nobody here has yet. */
    private static Asker readAsker(MessageReader in) throws MalformedMessageException {
        boolean named = in.u8(VERSION, WITH_ASKER) == WITH_ASKER;
        return new Asker(named ? in.latin1(Asker.TOKEN_CHARS_MAX) : "", false);
    }

    private static void writeDeadline(MessageWriter out, long deadlineNanos, long nowNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nowNanos);
        out.i32((int) Math.max(0, Math.min(millis, REMAINING_MILLIS_MAX)));
    }

    private static long readDeadline(MessageReader in, long nowNanos) throws MalformedMessageException {
        return nowNanos + TimeUnit.MILLISECONDS.toNanos(in.i32(0, (int) REMAINING_MILLIS_MAX));
    }

    private static void write(MessageWriter out, Idempotency idempotency) {
        if (!valid(idempotency)) {
            throw new IllegalArgumentException("not an idempotency key with its digest");
        }
        out.latin1(idempotency.key(), Idempotency.KEY_CHARS_MAX);
        out.shortBytes(idempotency.digest(), Idempotency.DIGEST_BYTES);
    }

    private static Idempotency readIdempotency(MessageReader in) throws MalformedMessageException {
        Idempotency idempotency =
                new Idempotency(in.latin1(Idempotency.KEY_CHARS_MAX), in.shortBytes(Idempotency.DIGEST_BYTES));
        if (!valid(idempotency)) {
            throw new MalformedMessageException("not an idempotency key with its digest");
        }
        return idempotency;
    }

    private static boolean valid(Idempotency idempotency) {
        int digestBytes = idempotency.given() ? Idempotency.DIGEST_BYTES : 0;
        return idempotency.digest().length == digestBytes
                && idempotency.key().chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static void write(MessageWriter out, Query query) {
        if (query instanceof Query.Get get) {
            out.u8(GET);
            out.key(get.key());
            out.flag(get.withValue());
        } else if (query instanceof Query.Range range) {
            out.u8(range.scope().isAll() ? RANGE : RANGE_WITHIN);
            out.shortBytes(range.low(), BOUND_BYTES_MAX);
            out.shortBytes(range.high(), BOUND_BYTES_MAX);
            out.flag(range.reverse());
            out.flag(range.withValues());
            out.i32(range.limit(), 1, Query.Range.LIMIT_MAX);
            out.i32(range.bytesMax(), 0, Integer.MAX_VALUE);
            writeScope(out, range.scope());
        } else if (query instanceof Query.Count count) {
            out.u8(count.scope().isAll() ? COUNT : COUNT_WITHIN);
            out.shortBytes(count.low(), BOUND_BYTES_MAX);
            out.shortBytes(count.high(), BOUND_BYTES_MAX);
            writeScope(out, count.scope());
        } else if (query instanceof Query.Reads reads) {
            out.u8(READS);
            if (!reads.txn().readOnly()) {
                throw new IllegalArgumentException("a read that would change something");
            }
            TxnCodec.write(out, reads.txn());
        }
    }

    private static void writeScope(MessageWriter out, Scope scope) {
        if (!scope.isAll()) {
            TxnCodec.write(out, scope);
        }
    }

    /** Whether a peer that knows of no tokens could not read it, or would do more than it may. */
    static boolean needsTokens(Query query) {
        return (query instanceof Query.Range range && !range.scope().isAll())
                || (query instanceof Query.Count count && !count.scope().isAll());
    }

    /** As the other. */
    static boolean needsTokens(Txn txn) {
        return TxnCodec.changesTokens(txn)
                || txn.then().stream()
                        .anyMatch(operation -> operation instanceof Operation.DeleteRange range
                                && !range.scope().isAll());
    }

    private static Query readQuery(MessageReader in) throws MalformedMessageException {
        int tag = in.u8(GET, COUNT_WITHIN);
        return switch (tag) {
            case GET -> new Query.Get(in.key(), in.flag());
            case RANGE, RANGE_WITHIN ->
                new Query.Range(
                        in.shortBytes(BOUND_BYTES_MAX),
                        in.shortBytes(BOUND_BYTES_MAX),
                        in.flag(),
                        in.flag(),
                        in.i32(1, Query.Range.LIMIT_MAX),
                        Math.min(in.i32(0, Integer.MAX_VALUE), Query.Range.BYTES_MAX),
                        tag == RANGE ? Scope.ALL : TxnCodec.readScope(in));
            case COUNT, COUNT_WITHIN ->
                new Query.Count(
                        in.shortBytes(BOUND_BYTES_MAX),
                        in.shortBytes(BOUND_BYTES_MAX),
                        tag == COUNT ? Scope.ALL : TxnCodec.readScope(in));
            default -> readReads(in);
        };
    }

    private static Query readReads(MessageReader in) throws MalformedMessageException {
        Txn txn = TxnCodec.readTxn(in);
        if (!txn.readOnly()) {
            throw new MalformedMessageException("a read that would change something");
        }
        return new Query.Reads(txn);
    }
}
