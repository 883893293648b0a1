package fish.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The project's JSON settings, in one place. */
public final class Json {
    /** Arrays and objects inside each other, of a value. */
    public static final int DEPTH_MAX = 1000;

    /** By which a document with values in it may be deeper than they. */
    private static final int ENVELOPE_DEPTH = 8;

    private static final JsonFactory STRICT = strict(DEPTH_MAX + ENVELOPE_DEPTH);

    private static final JsonFactory STRICT_VALUE = strict(DEPTH_MAX);

    private static final JsonFactory SYNTAX = factory(DEPTH_MAX).build();

    private static JsonFactory strict(int depthMax) {
        return factory(depthMax)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    /** Bounded by nothing but depth: whoever has a text has it within bounds, and no name is kept for later. */
    private static JsonFactoryBuilder factory(int depthMax) {
        return new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depthMax)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
    }

    private Json() {}

    /** What writes a document; no stream is closed by it, and nothing is held in a pool afterwards. */
    @FunctionalInterface
    public interface Writer {
        void write(JsonGenerator generator) throws IOException;
    }

    /** A parser of a document with values in it, that refuses an object with the same member twice. */
    public static JsonParser parser(String text) throws IOException {
        return STRICT.createParser(text);
    }

    /** As the other, of the UTF-8 bytes of a document, which are decoded as they are read. */
    public static JsonParser parser(byte[] utf8) throws IOException {
        return STRICT.createParser(new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8));
    }

    /** As {@link #parser}, of a value alone. */
    static JsonParser valueParser(String text) throws IOException {
        return STRICT_VALUE.createParser(text);
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
        write(out, writer);
        return out.toByteArray();
    }

    /** Adds the UTF-8 bytes of what the writer writes. */
    public static void write(ByteArrayOutputStream out, Writer writer) {
        try (JsonGenerator generator = SYNTAX.createGenerator(out)) {
            writer.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
