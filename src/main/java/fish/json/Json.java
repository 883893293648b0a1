package fish.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The project's JSON settings, in one place. */
public final class Json {
    /** Arrays and objects inside each other. */
    public static final int DEPTH_MAX = 500;

    /** Characters of one number. */
    public static final int NUMBER_CHARS_MAX = 1000;

    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(DEPTH_MAX)
            .maxNumberLength(NUMBER_CHARS_MAX)
            .build();

    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(CONSTRAINTS)
            .build();

    private static final JsonFactory SYNTAX =
            JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();

    private Json() {}

    /** What writes a document; no stream is closed by it, and nothing is held in a pool afterwards. */
    @FunctionalInterface
    public interface Writer {
        void write(JsonGenerator generator) throws IOException;
    }

    /** A parser that refuses an object with the same member twice. */
    public static JsonParser parser(String text) throws IOException {
        return STRICT.createParser(text);
    }

    /** Whether this is one JSON document and nothing else. Members may repeat, as RFC 8259 has it. */
    public static boolean valid(String text) {
        try (JsonParser parser = SYNTAX.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** The UTF-8 bytes of what the writer writes. */
    public static byte[] bytes(Writer writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = SYNTAX.createGenerator(out)) {
            writer.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
