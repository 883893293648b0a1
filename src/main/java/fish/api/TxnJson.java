package fish.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import fish.contract.Code;
import fish.contract.Durations;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.json.Json;
import fish.json.JsonFault;
import fish.json.Utf8;
import fish.kv.BadKeyException;
import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Txn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Parses the body of {@code POST /txn}. Every refusal is a problem whose {@code at} is a JSON pointer to
 * what is wrong. JSON values are kept as they were written, to the digit. One use each.
 */
final class TxnJson {
    private static final int LOOK_TOKENS = 256;

    private final byte[] body;
    private final JsonParser parser;
    private final int valueBytesMax;

    /** A place in the body, in characters as the parser counts and in bytes. */
    private long placeChars;

    private int placeBytes;
    private List<Condition> conditions = List.of();
    private List<Operation> then = List.of();
    private List<Operation> otherwise = List.of();

    private TxnJson(byte[] body, JsonParser parser, int valueBytesMax) {
        this.body = body;
        this.parser = parser;
        this.valueBytesMax = valueBytesMax;
    }

    /**
     * The transaction in this body.
     *
     * @throws ProblemException {@code bad-json}, {@code bad-key} or {@code too-large}
     */
    static Txn parse(byte[] body, int valueBytesMax) {
        if (!Utf8.valid(body)) {
            throw new Problem(Code.BAD_JSON, "the body is not UTF-8", Map.of("at", "")).exception();
        }
        try (JsonParser parser = Json.parser(body)) {
            TxnJson json = new TxnJson(body, parser, valueBytesMax);
            try {
                return json.txn();
            } catch (JsonProcessingException e) {
                throw json.bad(JsonFault.of(e));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
        }
    }

    private Txn txn() throws IOException {
        parser.nextToken();
        object(name -> {
            switch (name) {
                case "if" -> conditions = list(this::condition);
                case "then" -> then = list(this::operation);
                case "else" -> otherwise = list(this::operation);
                default -> throw unknown(name, "a transaction has if, then and else");
            }
        });
        if (parser.nextToken() != null) {
            throw bad("there is more after the transaction");
        }
        return new Txn(conditions, then, otherwise);
    }

    private void condition(List<Condition> all) throws IOException {
        ConditionJson condition = new ConditionJson(this);
        object(condition::member);
        all.addAll(condition.conditions());
    }

    private void operation(List<Operation> all) throws IOException {
        int before = all.size();
        object(name -> {
            switch (name) {
                case "put" -> all.add(put());
                case "delete" -> all.add(new Operation.Delete(keyAlone()));
                case "get" -> all.add(new Operation.Get(keyAlone(), true));
                case "touch" -> all.add(touch());
                default -> throw unknown(name, "an operation is put, touch, delete or get");
            }
        });
        if (all.size() != before + 1) {
            throw bad("an operation is exactly one of put, touch, delete and get");
        }
    }

    private Operation put() throws IOException {
        PutJson put = new PutJson(this, valueBytesMax);
        object(put::member);
        return put.operation();
    }

    private Operation touch() throws IOException {
        Key[] key = new Key[1];
        long[] ttlMillis = {-1};
        object(name -> {
            switch (name) {
                case "key" -> key[0] = key();
                case "ttl" -> ttlMillis[0] = string().equals("none") ? Operation.NO_TTL : ttlMillis();
                default -> throw unknown(name, "a touch has key and ttl");
            }
        });
        if (key[0] == null || ttlMillis[0] < 0) {
            throw bad("'" + (key[0] == null ? "key" : "ttl") + "' is missing");
        }
        return new Operation.Touch(key[0], ttlMillis[0]);
    }

    private Key keyAlone() throws IOException {
        Key[] key = new Key[1];
        object(name -> {
            if (!name.equals("key")) {
                throw unknown(name, "there is key alone");
            }
            key[0] = key();
        });
        if (key[0] == null) {
            throw bad("'key' is missing");
        }
        return key[0];
    }

    /** What reads one member, whose name was read and whose value comes next. */
    interface Member {
        void read(String name) throws IOException;
    }

    private interface Entry<T> {
        void read(List<T> into) throws IOException;
    }

    private void object(Member member) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw bad("an object is expected");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member.read(name);
        }
    }

    private <T> List<T> list(Entry<T> entry) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw bad("a list is expected");
        }
        List<T> all = new ArrayList<>();
        int entries = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++entries > Txn.ENTRIES_MAX) {
                throw bad("a list has at most " + Txn.ENTRIES_MAX + " entries");
            }
            entry.read(all);
        }
        return all;
    }

    Key key() throws IOException {
        try {
            return Key.of(string());
        } catch (BadKeyException e) {
            throw new Problem(Code.BAD_KEY, String.valueOf(e.getMessage()), Map.of("at", pointer())).exception();
        }
    }

    String string() throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("a string is expected");
        }
        return parser.getText();
    }

    boolean bool() throws IOException {
        if (!parser.currentToken().isBoolean()) {
            throw bad("true or false is expected");
        }
        return parser.getBooleanValue();
    }

    /** A positive integer below 2^53. */
    long revision() throws IOException {
        boolean integer = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        long revision = integer ? parser.getLongValue() : 0;
        if (revision < 1 || revision > Reads.REVISION_MAX) {
            throw bad("a revision is a positive integer below 2^53"
                    + (parser.getText().equals("0") ? "; \"exists\":false says that there is no record" : ""));
        }
        return revision;
    }

    /** The value that begins here, as it was written. */
    byte[] json() throws IOException {
        long first = parser.currentTokenLocation().getCharOffset();
        int start = bytesBefore(first);
        int depth = 0;
        int tokens = 0;
        do {
            JsonToken token = parser.currentToken();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth > Json.DEPTH_MAX) {
                throw bad("a value has at most " + Json.DEPTH_MAX + " levels");
            }
            // What is parsed takes many times its text, above all the names of its objects.
            if (++tokens % LOOK_TOKENS == 0 && parser.currentLocation().getCharOffset() - first > valueBytesMax) {
                throw tooLarge("a value has at most " + valueBytesMax + " bytes", above(depth));
            }
        } while (depth > 0 && parser.nextToken() != null);
        parser.finishToken();
        return Arrays.copyOfRange(
                body, start, bytesBefore(parser.currentLocation().getCharOffset()));
    }

    /**
     * How many bytes the first characters of the body take, which is well-formed; asked for ever more of
     * them, since the parser goes forward.
     */
    private int bytesBefore(long chars) {
        while (placeChars < chars) {
            int first = body[placeBytes] & 0xff;
            int length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
            placeBytes += length;
            placeChars += length == 4 ? 2 : 1;
        }
        return placeBytes;
    }

    byte[] utf8() throws IOException {
        return Utf8.encode(string()).orElseThrow(() -> bad("the text has half of a surrogate pair"));
    }

    byte[] base64() throws IOException {
        try {
            return Base64.getDecoder().decode(string());
        } catch (IllegalArgumentException e) {
            throw bad("this is not base64: " + String.valueOf(e.getMessage()));
        }
    }

    /** The TTL that stands here. */
    long ttlMillis() throws IOException {
        long milli = TimeUnit.MILLISECONDS.toNanos(1);
        OptionalLong nanos = Durations.nanos(string());
        if (nanos.isEmpty()
                || nanos.getAsLong() < milli
                || nanos.getAsLong() > TimeUnit.MILLISECONDS.toNanos(Operation.TTL_MILLIS_MAX)) {
            throw bad("a ttl is a duration such as 30s, from 1ms to 3650d");
        }
        return (nanos.getAsLong() + milli - 1) / milli;
    }

    /** @param known what would be known here */
    ProblemException unknown(String name, String known) {
        return bad("field '" + name + "' is not known here: " + known);
    }

    ProblemException bad(String detail) {
        return new Problem(Code.BAD_JSON, detail, Map.of("at", pointer())).exception();
    }

    ProblemException tooLarge(String detail) {
        return tooLarge(detail, parser.getParsingContext());
    }

    private static ProblemException tooLarge(String detail, JsonStreamContext at) {
        return new Problem(
                        Code.TOO_LARGE, detail, Map.of("at", at.pathAsPointer().toString()))
                .exception();
    }

    /** Where the value stands that the parser is so deep in. */
    private JsonStreamContext above(int depth) {
        JsonStreamContext context = parser.getParsingContext();
        for (int i = 0; i < depth && context.getParent() != null; i++) {
            context = context.getParent();
        }
        return context;
    }

    private String pointer() {
        return parser.getParsingContext().pathAsPointer().toString();
    }
}
