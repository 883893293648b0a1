package fish.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import fish.json.Json;
import java.io.IOException;
import java.util.Base64;

/**
 * Reads a JSON document from its beginning to its end, members as they come; a value that somebody stored is kept as
 * it was written, to the digit. Every method throws an {@link IOException} where something else stands there.
 */
final class JsonIn {
    /** Deeper than any stored value by what an answer puts around it; members of a stored value may repeat. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.DEPTH_MAX + 16)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final String document;
    private final JsonParser parser;

    private JsonIn(String document, JsonParser parser) {
        this.document = document;
        this.parser = parser;
    }

    /** What takes the value that begins here. */
    interface Reader<T> {
        T read(JsonIn in) throws IOException;
    }

    /** What takes one member, whose value begins here. */
    interface Member {
        void read(String name) throws IOException;
    }

    /** What takes one element, which begins here. */
    interface Element {
        void read() throws IOException;
    }

    static <T> T read(String document, Reader<T> reader) throws IOException {
        try (JsonParser parser = FACTORY.createParser(document)) {
            parser.nextToken();
            return reader.read(new JsonIn(document, parser));
        }
    }

    void object(Member member) throws IOException {
        require(JsonToken.START_OBJECT);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member.read(name);
        }
    }

    /** The elements of a list, one by one. */
    void elements(Element element) throws IOException {
        require(JsonToken.START_ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            element.read();
        }
    }

    /** A string; a {@code null} is the empty one. */
    String text() throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return "";
        }
        require(JsonToken.VALUE_STRING);
        return parser.getText();
    }

    byte[] base64() throws IOException {
        try {
            return Base64.getDecoder().decode(text());
        } catch (IllegalArgumentException e) {
            throw new IOException("this is not base64", e);
        }
    }

    long integer() throws IOException {
        require(JsonToken.VALUE_NUMBER_INT);
        return parser.getLongValue();
    }

    /** A number; a {@code null} is NaN. */
    double decimal() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NULL ? Double.NaN : parser.getDoubleValue();
    }

    boolean bool() throws IOException {
        return parser.getBooleanValue();
    }

    /** The value that begins here, as it was written. */
    String raw() throws IOException {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        return document.substring(start, (int) parser.currentLocation().getCharOffset());
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    private void require(JsonToken token) throws IOException {
        if (parser.currentToken() != token) {
            throw new IOException("the answer has " + parser.currentToken() + " where " + token + " belongs");
        }
    }
}
