package fish.tool.bulk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import fish.json.Json;
import fish.json.JsonFault;
import fish.json.Utf8;
import fish.kv.BadKeyException;
import fish.kv.Key;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Reads a line: {@code key<space>value}, or, where it begins with a brace, a record in JSON as the HTTP API writes it.
 * Thread-safe.
 */
final class LineParser {
    /** A stored value may be as deep as it likes within {@link Json#DEPTH_MAX}, and repeat members. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.DEPTH_MAX + 8)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private LineParser() {}

    static LoadRecord parse(long number, byte[] line) throws WrongLineException {
        try {
            return line.length > 0 && line[0] == '{' ? json(number, line) : plain(number, line);
        } catch (BadKeyException e) {
            throw new WrongLineException(String.valueOf(e.getMessage()));
        }
    }

    private static LoadRecord plain(long number, byte[] line) throws WrongLineException {
        int space = 0;
        while (space < line.length && line[space] != ' ') {
            space++;
        }
        if (space == line.length) {
            throw new WrongLineException("there is no space between a key and its value");
        }
        Key key = Key.of(Arrays.copyOf(line, space));
        byte[] bytes = Arrays.copyOfRange(line, space + 1, line.length);
        String type = Utf8.decode(bytes).isPresent() ? "text/plain; charset=utf-8" : "";
        return new LoadRecord(number, key, new Value(bytes, type, ""), StoredRecord.NEVER);
    }

    private static LoadRecord json(long number, byte[] line) throws WrongLineException {
        String text = Utf8.decode(line).orElseThrow(() -> new WrongLineException("this is not UTF-8"));
        try (JsonParser parser = FACTORY.createParser(text)) {
            Members members = new Members(text, parser);
            members.read();
            return members.record(number);
        } catch (JsonProcessingException e) {
            throw new WrongLineException("this is not JSON: " + JsonFault.of(e));
        } catch (IOException e) {
            throw new WrongLineException(String.valueOf(e.getMessage()));
        }
    }

    /** The members of a record as they come. One use. */
    private static final class Members {
        private final String text;
        private final JsonParser parser;
        private String key = "";
        private byte[] bytes = {};
        private int values;
        private boolean json;
        private String contentType = "";
        private String contentEncoding = "";
        private long expiresAtMillis = StoredRecord.NEVER;

        Members(String text, JsonParser parser) {
            this.text = text;
            this.parser = parser;
        }

        void read() throws IOException, WrongLineException {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                member(name);
            }
            if (parser.nextToken() != null) {
                throw new WrongLineException("something follows the record");
            }
        }

        private void member(String name) throws IOException, WrongLineException {
            switch (name) {
                case "key" -> key = string(name);
                case "json" -> {
                    json = true;
                    value(raw().getBytes(StandardCharsets.UTF_8));
                }
                case "text" ->
                    value(Utf8.encode(string(name))
                            .orElseThrow(() -> new WrongLineException("'text' has half of a surrogate pair")));
                case "base64" -> value(base64());
                case "contentType" -> contentType = string(name);
                case "contentEncoding" -> contentEncoding = string(name);
                case "expires" -> expiresAtMillis = instant(string(name));
                case "revision", "created" -> parser.skipChildren();
                default -> throw new WrongLineException("a record has no member '" + shortened(name) + "'");
            }
        }

        private static String shortened(String name) {
            return name.length() <= 40 ? name : name.substring(0, 39) + "…";
        }

        private void value(byte[] found) {
            bytes = found;
            values++;
        }

        private String string(String name) throws IOException, WrongLineException {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw new WrongLineException("'" + name + "' is not a string");
            }
            return parser.getText();
        }

        private byte[] base64() throws IOException, WrongLineException {
            try {
                return Base64.getDecoder().decode(string("base64"));
            } catch (IllegalArgumentException e) {
                throw new WrongLineException("'base64' is not base64");
            }
        }

        private static long instant(String told) throws WrongLineException {
            try {
                return Instant.parse(told).toEpochMilli();
            } catch (DateTimeParseException | ArithmeticException e) {
                throw new WrongLineException("'expires' is no time as 2026-01-31T12:00:00Z");
            }
        }

        /** A value as it was written, to the digit. */
        private String raw() throws IOException {
            int start = (int) parser.currentTokenLocation().getCharOffset();
            parser.skipChildren();
            parser.finishToken();
            return text.substring(start, (int) parser.currentLocation().getCharOffset());
        }

        LoadRecord record(long number) throws WrongLineException {
            if (values != 1) {
                throw new WrongLineException("a record has exactly one of json, text and base64");
            }
            String type = json && contentType.isEmpty() ? "application/json" : contentType;
            try {
                return new LoadRecord(number, Key.of(key), new Value(bytes, type, contentEncoding), expiresAtMillis);
            } catch (BadKeyException e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw new WrongLineException(String.valueOf(e.getMessage()));
            }
        }
    }
}
