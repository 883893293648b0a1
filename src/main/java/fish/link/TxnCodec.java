package fish.link;

import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Scope;
import fish.kv.Token;
import fish.kv.TokenRole;
import fish.kv.Txn;
import fish.kv.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Transactions and what they are made of, as parts of messages. */
final class TxnCodec {
    private static final int EXISTS = 0;
    private static final int REVISION_IN = 1;
    private static final int BYTES_ARE = 2;
    private static final int JSON_IS = 3;

    private static final int PUT = 0;
    private static final int DELETE = 1;
    private static final int GET = 2;
    private static final int TOUCH = 3;
    private static final int DELETE_RANGE = 4;
    // For peers that know of tokens.
    private static final int DELETE_RANGE_WITHIN = 5;
    private static final int ADD_TOKEN = 6;
    private static final int REMOVE_TOKEN = 7;

    private static final int PREFIX_BYTES_MIN = 2;

    /** More than the header that names them can hold. */
    private static final int REVISIONS_MAX = 1 << 16;

    private static final int ENTRY_BYTES_MIN = 5;

    private TxnCodec() {}

    static void write(MessageWriter out, Txn txn) {
        out.i32(txn.conditions().size(), 0, Txn.CONDITIONS_MAX);
        for (Condition condition : txn.conditions()) {
            write(out, condition);
        }
        write(out, txn.then());
        write(out, txn.otherwise());
    }

    static Txn readTxn(MessageReader in) throws MalformedMessageException {
        int count = in.count(Txn.CONDITIONS_MAX, ENTRY_BYTES_MIN);
        List<Condition> conditions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            conditions.add(readCondition(in));
        }
        Txn txn = new Txn(conditions, readOperations(in), readOperations(in));
        if (changesTokens(txn)
                && (txn.then().size() != 1
                        || !txn.conditions().isEmpty()
                        || !txn.otherwise().isEmpty())) {
            throw new MalformedMessageException("a change of the tokens with something beside it");
        }
        return txn;
    }

    /** Whether it does what a peer that knows of no tokens could not read. */
    static boolean changesTokens(Txn txn) {
        return Stream.concat(txn.then().stream(), txn.otherwise().stream())
                .anyMatch(Operation.OfTokens.class::isInstance);
    }

    static void write(MessageWriter out, Scope scope) {
        out.i32(scope.prefixes().size(), 0, Scope.PREFIXES_MAX);
        scope.prefixes().forEach(prefix -> out.shortBytes(prefix, Key.BYTES_MAX));
    }

    static Scope readScope(MessageReader in) throws MalformedMessageException {
        int count = in.count(Scope.PREFIXES_MAX, PREFIX_BYTES_MIN);
        List<byte[]> prefixes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            prefixes.add(in.shortBytes(Key.BYTES_MAX));
        }
        return Scope.of(prefixes);
    }

    private static void write(MessageWriter out, Token token) {
        out.latin1(token.name(), Token.NAME_CHARS_MAX);
        out.u8(token.role().code());
        write(out, token.scope());
        out.i64(token.expiresAtMillis(), 0, Operation.TTL_MILLIS_MAX);
        out.shortBytes(token.hash(), Token.HASH_BYTES);
    }

    private static Token readToken(MessageReader in) throws MalformedMessageException {
        String name = in.latin1(Token.NAME_CHARS_MAX);
        TokenRole role = TokenRole.of(in.u8(0, 255)).orElseThrow(() -> new MalformedMessageException("no role"));
        Scope scope = readScope(in);
        long livesMillis = in.i64(0, Operation.TTL_MILLIS_MAX);
        byte[] hash = in.shortBytes(Token.HASH_BYTES);
        if (!Token.isName(name) || hash.length != Token.HASH_BYTES) {
            throw new MalformedMessageException("no token");
        }
        return new Token(name, role, scope, livesMillis, hash);
    }

    static void write(MessageWriter out, Value value) {
        out.latin1(value.contentType(), Value.HEADER_CHARS_MAX);
        out.latin1(value.contentEncoding(), Value.HEADER_CHARS_MAX);
        out.longBytes(value.bytes());
    }

    static Value readValue(MessageReader in) throws MalformedMessageException {
        String type = in.latin1(Value.HEADER_CHARS_MAX);
        String encoding = in.latin1(Value.HEADER_CHARS_MAX);
        try {
            return new Value(in.longBytes(), type, encoding);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("a value with a header that is none", e);
        }
    }

    private static void write(MessageWriter out, Condition condition) {
        if (condition instanceof Condition.Exists exists) {
            begin(out, EXISTS, condition.key());
            out.flag(exists.expected());
        } else if (condition instanceof Condition.RevisionIn revisionIn) {
            begin(out, REVISION_IN, condition.key());
            out.i32(revisionIn.revisions().size(), 0, REVISIONS_MAX);
            revisionIn.revisions().forEach(out::i64);
            out.flag(revisionIn.expected());
        } else if (condition instanceof Condition.BytesAre bytesAre) {
            begin(out, BYTES_ARE, condition.key());
            out.longBytes(bytesAre.bytes());
        } else if (condition instanceof Condition.JsonIs jsonIs) {
            begin(out, JSON_IS, condition.key());
            out.text(jsonIs.json());
        }
    }

    private static Condition readCondition(MessageReader in) throws MalformedMessageException {
        int tag = in.u8(EXISTS, JSON_IS);
        Key key = in.key();
        return switch (tag) {
            case EXISTS -> new Condition.Exists(key, in.flag());
            case REVISION_IN -> new Condition.RevisionIn(key, readRevisions(in), in.flag());
            case BYTES_ARE -> new Condition.BytesAre(key, in.longBytes());
            default -> new Condition.JsonIs(key, in.text());
        };
    }

    private static Set<Long> readRevisions(MessageReader in) throws MalformedMessageException {
        int count = in.count(REVISIONS_MAX, Long.BYTES);
        Set<Long> revisions = new HashSet<>(count * 2);
        for (int i = 0; i < count; i++) {
            revisions.add(in.i64());
        }
        return revisions;
    }

    private static void write(MessageWriter out, List<Operation> operations) {
        out.i32(operations.size(), 0, Txn.ENTRIES_MAX);
        for (Operation operation : operations) {
            write(out, operation);
        }
    }

    private static void write(MessageWriter out, Operation operation) {
        if (operation instanceof Operation.Put put) {
            begin(out, PUT, put.key());
            write(out, put.value());
            out.i64(put.ttlMillis(), 0, Operation.TTL_MILLIS_MAX);
        } else if (operation instanceof Operation.Delete delete) {
            begin(out, DELETE, delete.key());
        } else if (operation instanceof Operation.Get get) {
            begin(out, GET, get.key());
            out.flag(get.withValue());
        } else if (operation instanceof Operation.Touch touch) {
            begin(out, TOUCH, touch.key());
            out.i64(touch.ttlMillis(), 0, Operation.TTL_MILLIS_MAX);
        } else if (operation instanceof Operation.DeleteRange range) {
            out.u8(range.scope().isAll() ? DELETE_RANGE : DELETE_RANGE_WITHIN);
            out.shortBytes(range.low(), RequestCodec.BOUND_BYTES_MAX);
            out.shortBytes(range.high(), RequestCodec.BOUND_BYTES_MAX);
            out.i32(range.limit(), 1, Operation.DeleteRange.LIMIT_MAX);
            if (!range.scope().isAll()) {
                write(out, range.scope());
            }
        } else if (operation instanceof Operation.AddToken add) {
            out.u8(ADD_TOKEN);
            write(out, add.token());
        } else if (operation instanceof Operation.RemoveToken remove) {
            out.u8(REMOVE_TOKEN);
            out.latin1(remove.name(), Token.NAME_CHARS_MAX);
            out.flag(remove.force());
        }
    }

    private static List<Operation> readOperations(MessageReader in) throws MalformedMessageException {
        int count = in.count(Txn.ENTRIES_MAX, ENTRY_BYTES_MIN - 1);
        List<Operation> operations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            operations.add(readOperation(in));
        }
        return operations;
    }

    private static Operation readOperation(MessageReader in) throws MalformedMessageException {
        int tag = in.u8(PUT, REMOVE_TOKEN);
        if (tag == ADD_TOKEN) {
            return new Operation.AddToken(readToken(in));
        }
        if (tag == REMOVE_TOKEN) {
            return new Operation.RemoveToken(in.latin1(Token.NAME_CHARS_MAX), in.flag());
        }
        if (tag == DELETE_RANGE || tag == DELETE_RANGE_WITHIN) {
            return new Operation.DeleteRange(
                    in.shortBytes(RequestCodec.BOUND_BYTES_MAX),
                    in.shortBytes(RequestCodec.BOUND_BYTES_MAX),
                    in.i32(1, Operation.DeleteRange.LIMIT_MAX),
                    tag == DELETE_RANGE ? Scope.ALL : readScope(in));
        }
        Key key = in.key();
        return switch (tag) {
            case PUT -> new Operation.Put(key, readValue(in), in.i64(0, Operation.TTL_MILLIS_MAX));
            case DELETE -> new Operation.Delete(key);
            case TOUCH -> new Operation.Touch(key, in.i64(0, Operation.TTL_MILLIS_MAX));
            default -> new Operation.Get(key, in.flag());
        };
    }

    private static void begin(MessageWriter out, int tag, Key key) {
        out.u8(tag);
        out.key(key);
    }
}
