package fish.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import fish.access.Tokens;
import fish.contract.Code;
import fish.contract.Durations;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.json.Json;
import fish.json.JsonFault;
import fish.json.Utf8;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Scope;
import fish.kv.StoredRecord;
import fish.kv.Token;
import fish.kv.TokenRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Parses the body of {@code POST /tokens}. Every refusal is a problem whose {@code at} is a JSON pointer to what is
 * wrong. One use each.
 */
final class TokenJson {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final JsonParser parser;
    private String name = "";
    private @Nullable TokenRole role;
    private Scope scope = Scope.ALL;
    private long livesMillis = StoredRecord.NEVER;

    private TokenJson(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The token that this body describes.
     *
     * @param secret the token itself, of which the hash is kept
     * @throws ProblemException {@code bad-json}
     */
    static Token parse(byte[] body, String secret) {
        String text = Utf8.decode(body).orElseThrow(() -> bad("the body is not UTF-8", ""));
        try (JsonParser parser = Json.parser(text)) {
            TokenJson json = new TokenJson(parser);
            try {
                return json.token(secret);
            } catch (JsonProcessingException e) {
                throw json.bad(JsonFault.of(e));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
    }

    private Token token(String secret) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw bad("an object is expected");
        }
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            if (!seen.add(field)) {
                throw bad("field '" + field + "' is given twice");
            }
            switch (field) {
                case "name" -> name = name();
                case "role" -> role = role();
                case "prefixes" -> scope = scope();
                case "ttl" -> livesMillis = livesMillis();
                default -> throw bad("field '" + field + "' is not known here: a token has name, role, prefixes, ttl");
            }
        }
        if (parser.nextToken() != null) {
            throw bad("there is more after the token");
        }
        TokenRole given = role;
        if (name.isEmpty() || given == null) {
            throw bad("a token has at least a name and a role", name.isEmpty() ? "/name" : "/role");
        }
        return Tokens.described(name, given, scope, livesMillis, secret);
    }

    private String name() throws IOException {
        String text = string();
        if (!Token.isName(text)) {
            throw bad("a name is 1 to " + Token.NAME_CHARS_MAX
                    + " letters, digits, '.', '_' and '-', and begins with a letter or a digit");
        }
        return text;
    }

    private TokenRole role() throws IOException {
        String text = string();
        return Arrays.stream(TokenRole.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> bad("a role is read, write or admin"));
    }

    private Scope scope() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw bad("a list of prefixes is expected");
        }
        List<byte[]> prefixes = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String prefix = string();
            byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
            if (prefix.isEmpty()) {
                throw bad("an empty prefix is of every key; for all keys prefixes are left out");
            }
            boolean whole = prefix.equals(new String(bytes, StandardCharsets.UTF_8));
            if (!whole || prefix.indexOf(0) >= 0 || bytes.length > Key.BYTES_MAX) {
                throw bad("a prefix is at most " + Key.BYTES_MAX + " bytes of UTF-8 without NUL");
            }
            if (prefixes.size() == Scope.PREFIXES_MAX) {
                throw bad("there are at most " + Scope.PREFIXES_MAX + " prefixes");
            }
            prefixes.add(bytes);
        }
        if (prefixes.isEmpty()) {
            throw bad("a list of no prefixes is of no key; for all keys it is left out", "/prefixes");
        }
        return Scope.of(prefixes);
    }

    private long livesMillis() throws IOException {
        OptionalLong nanos = Durations.nanos(string());
        if (nanos.isEmpty()
                || nanos.getAsLong() < MILLI
                || nanos.getAsLong() > TimeUnit.MILLISECONDS.toNanos(Operation.TTL_MILLIS_MAX)) {
            throw bad("a ttl is a duration such as 90d, from 1ms to 3650d");
        }
        return nanos.getAsLong() / MILLI;
    }

    private String string() throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("a string is expected");
        }
        return parser.getText();
    }

    private ProblemException bad(String detail) {
        return bad(detail, parser.getParsingContext().pathAsPointer().toString());
    }

    private static ProblemException bad(String detail, String pointer) {
        return new Problem(Code.BAD_JSON, detail, Map.of("at", pointer)).exception();
    }
}
