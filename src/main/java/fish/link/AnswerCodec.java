package fish.link;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.StoredRecord;
import fish.kv.TxnResult;
import java.util.ArrayList;
import java.util.List;

/** The messages of an {@link Outcome} and of a {@link ReadOutcome}. */
final class AnswerCodec {
    private static final int COMMITTED = 0;
    private static final int REFUSED = 1;
    private static final int UNKNOWN = 2;

    private static final int FOUND = 0;
    private static final int FAILED = 1;

    private static final int PUT = 0;
    private static final int DELETED = 1;
    private static final int GOT = 2;
    private static final int ABSENT = 3;
    private static final int PUT_ENDING = 4;
    private static final int TOUCHED = 5;
    private static final int DELETED_RANGE = 6;
    private static final int COUNTED = 7;

    private static final int RESULT_BYTES_MIN = 4;

    private static final Codes<Reason> REASONS = new Codes<>(
            Reason.class,
            List.of(
                    Reason.NO_MASTER,
                    Reason.NOT_MASTER,
                    Reason.NO_QUORUM,
                    Reason.STARTING,
                    Reason.SHUTTING_DOWN,
                    Reason.OVERLOADED,
                    Reason.DISK_FULL,
                    Reason.UNKNOWN_OUTCOME,
                    Reason.IN_PROGRESS,
                    Reason.IDEMPOTENCY_KEY_REUSED,
                    Reason.LAGGING,
                    Reason.COMPACTED,
                    Reason.TOO_LARGE,
                    Reason.UNAUTHENTICATED,
                    Reason.FORBIDDEN,
                    Reason.NOT_FOUND,
                    Reason.CONFLICT));

    private AnswerCodec() {}

    static Frame frame(Outcome outcome, long id) {
        MessageWriter out = new MessageWriter();
        out.u8(RequestCodec.VERSION);
        if (outcome instanceof Outcome.Committed committed) {
            out.u8(COMMITTED);
            out.flag(committed.replayed());
            write(out, committed.result());
        } else if (outcome instanceof Outcome.Refused refused) {
            out.u8(REFUSED);
            write(out, refused.failure());
        } else if (outcome instanceof Outcome.Unknown unknown) {
            out.u8(UNKNOWN);
            write(out, unknown.failure());
        }
        return out.frame(FrameKind.OUTCOME, id);
    }

    static Outcome readOutcome(MessageReader in) throws MalformedMessageException {
        in.u8(RequestCodec.VERSION, RequestCodec.VERSION);
        Outcome outcome =
                switch (in.u8(COMMITTED, UNKNOWN)) {
                    case COMMITTED -> readCommitted(in);
                    case REFUSED -> new Outcome.Refused(readFailure(in));
                    default -> new Outcome.Unknown(readFailure(in));
                };
        in.end();
        return outcome;
    }

    static Frame frame(ReadOutcome outcome, long id) {
        MessageWriter out = new MessageWriter();
        out.u8(RequestCodec.VERSION);
        if (outcome instanceof ReadOutcome.Found found) {
            out.u8(FOUND);
            out.flag(found.more());
            RequestCodec.CONSISTENCIES.write(out, found.consistency());
            out.text(found.node());
            out.i64(Double.doubleToLongBits(found.lagSeconds()));
            write(out, found.result());
        } else if (outcome instanceof ReadOutcome.Failed failed) {
            out.u8(FAILED);
            write(out, failed.failure());
        }
        return out.frame(FrameKind.READ_OUTCOME, id);
    }

    static ReadOutcome readReadOutcome(MessageReader in) throws MalformedMessageException {
        in.u8(RequestCodec.VERSION, RequestCodec.VERSION);
        ReadOutcome outcome = in.u8(FOUND, FAILED) == FOUND ? readFound(in) : new ReadOutcome.Failed(readFailure(in));
        in.end();
        return outcome;
    }

    private static Outcome readCommitted(MessageReader in) throws MalformedMessageException {
        boolean replayed = in.flag();
        return new Outcome.Committed(readResult(in), replayed);
    }

    private static ReadOutcome readFound(MessageReader in) throws MalformedMessageException {
        boolean more = in.flag();
        Consistency consistency = RequestCodec.CONSISTENCIES.read(in);
        String node = in.text();
        double lagSeconds = Double.longBitsToDouble(in.i64());
        return new ReadOutcome.Found(readResult(in), more, consistency, node, lagSeconds);
    }

    private static void write(MessageWriter out, Failure failure) {
        REASONS.write(out, failure.reason());
        out.text(failure.detail());
        out.text(failure.master());
    }

    private static Failure readFailure(MessageReader in) throws MalformedMessageException {
        return new Failure(REASONS.read(in), in.text(), in.text());
    }

    private static void write(MessageWriter out, TxnResult result) {
        out.flag(result.conditionsHeld());
        writeNotNegative(out, result.revision());
        out.i32(result.results().size(), 0, Query.Range.LIMIT_MAX);
        for (OpResult each : result.results()) {
            write(out, each);
        }
    }

    private static TxnResult readResult(MessageReader in) throws MalformedMessageException {
        boolean held = in.flag();
        long revision = notNegative(in);
        int count = in.count(Query.Range.LIMIT_MAX, RESULT_BYTES_MIN);
        List<OpResult> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(readOpResult(in));
        }
        return new TxnResult(held, revision, results);
    }

    private static void write(MessageWriter out, OpResult result) {
        if (result instanceof OpResult.Put put) {
            boolean ending = put.expiresAtMillis() != StoredRecord.NEVER;
            begin(out, ending ? PUT_ENDING : PUT, put.key());
            writeNotNegative(out, put.revision());
            writeNotNegative(out, put.created());
            if (ending) {
                writeNotNegative(out, put.expiresAtMillis());
            }
        } else if (result instanceof OpResult.Deleted deleted) {
            begin(out, DELETED, deleted.key());
            out.flag(deleted.deleted());
        } else if (result instanceof OpResult.Got got) {
            begin(out, GOT, got.key());
            TxnCodec.write(out, got.record().value());
            writeNotNegative(out, got.record().revision());
            writeNotNegative(out, got.record().created());
            writeNotNegative(out, got.record().expiresAtMillis());
        } else if (result instanceof OpResult.Absent absent) {
            begin(out, ABSENT, absent.key());
        } else if (result instanceof OpResult.Touched touched) {
            begin(out, TOUCHED, touched.key());
            writeNotNegative(out, touched.revision());
            writeNotNegative(out, touched.created());
            writeNotNegative(out, touched.expiresAtMillis());
        } else if (result instanceof OpResult.DeletedRange range) {
            out.u8(DELETED_RANGE);
            out.i32(range.deleted(), 0, Operation.DeleteRange.LIMIT_MAX);
            out.flag(range.more());
        } else if (result instanceof OpResult.Counted counted) {
            out.u8(COUNTED);
            writeNotNegative(out, counted.count());
        }
    }

    private static OpResult readOpResult(MessageReader in) throws MalformedMessageException {
        int tag = in.u8(PUT, COUNTED);
        if (tag == DELETED_RANGE) {
            return new OpResult.DeletedRange(in.i32(0, Operation.DeleteRange.LIMIT_MAX), in.flag());
        }
        if (tag == COUNTED) {
            return new OpResult.Counted(notNegative(in));
        }
        Key key = in.key();
        return switch (tag) {
            case PUT -> new OpResult.Put(key, notNegative(in), notNegative(in), StoredRecord.NEVER);
            case PUT_ENDING -> new OpResult.Put(key, notNegative(in), notNegative(in), notNegative(in));
            case TOUCHED -> new OpResult.Touched(key, notNegative(in), notNegative(in), notNegative(in));
            case DELETED -> new OpResult.Deleted(key, in.flag());
            case GOT ->
                new OpResult.Got(new StoredRecord(
                        key, TxnCodec.readValue(in), notNegative(in), notNegative(in), notNegative(in)));
            default -> new OpResult.Absent(key);
        };
    }

    private static void writeNotNegative(MessageWriter out, long value) {
        out.i64(value, 0, Long.MAX_VALUE);
    }

    private static long notNegative(MessageReader in) throws MalformedMessageException {
        return in.i64(0, Long.MAX_VALUE);
    }

    private static void begin(MessageWriter out, int tag, Key key) {
        out.u8(tag);
        out.key(key);
    }
}
