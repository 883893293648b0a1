package fish.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether two JSON documents are the same value: numbers by value, members in any order. A number whose
 * exponent has about 1,000 characters or more equals only what is written alike.
 */
public final class JsonEquality {
    private JsonEquality() {}

    /**
     * Whether the stored bytes are this JSON. False where either is not one UTF-8 JSON document, or has
     * an object with the same member twice.
     */
    public static boolean same(byte[] storedValue, String json) {
        return Utf8.decode(storedValue).map(stored -> same(stored, json)).orElse(false);
    }

    /**
     * As {@link #same(byte[], String)}, of two texts. What a text is made into takes up to forty times as much as the
     * text: only the shorter one is, and the longer is read along it, as far as they are the same.
     */
    public static boolean same(String a, String b) {
        boolean firstIsShorter = a.length() <= b.length();
        Optional<Node> held = parse(firstIsShorter ? a : b);
        return held.isPresent() && says(firstIsShorter ? b : a, held.get());
    }

    private static boolean says(String text, Node expected) {
        try (JsonParser parser = Json.valueParser(text)) {
            return parser.nextToken() != null && equal(expected, parser) && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Whether the value that begins here is this one; then the parser stands at its end. One frame a level, unlike the
     * records' own, of which a thread's stack does not hold enough.
     */
    private static boolean equal(Node expected, JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (expected instanceof Members held) {
            return token == JsonToken.START_OBJECT && equal(held.members, parser);
        }
        if (!(expected instanceof Elements held)) {
            return token.isScalarValue() && expected.equals(scalar(parser));
        }
        boolean same = token == JsonToken.START_ARRAY;
        for (int i = 0; same && i < held.elements.size(); i++) {
            same = parser.nextToken() != JsonToken.END_ARRAY && equal(held.elements.get(i), parser);
        }
        return same && parser.nextToken() == JsonToken.END_ARRAY;
    }

    private static boolean equal(Map<String, Node> expected, JsonParser parser) throws IOException {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Node member = expected.get(parser.currentName());
            parser.nextToken();
            if (member == null || !equal(member, parser)) {
                return false;
            }
            count++;
        }
        return count == expected.size();
    }

    private static Optional<Node> parse(String text) {
        try (JsonParser parser = Json.valueParser(text)) {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            Node node = node(parser);
            return parser.nextToken() == null ? Optional.of(node) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Recursion is bounded by {@link Json#DEPTH_MAX}. */
    private static Node node(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Node> members = new HashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, node(parser));
            }
            return new Members(members);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(node(parser));
            }
            return new Elements(elements);
        }
        return scalar(parser);
    }

    private static Node scalar(JsonParser parser) throws IOException {
        String text = parser.getText();
        return parser.currentToken().isNumeric() ? Num.of(text) : new Scalar(parser.currentToken(), text);
    }

    private sealed interface Node {}

    private record Members(Map<String, Node> members) implements Node {}

    private record Elements(List<Node> elements) implements Node {}

    private record Scalar(JsonToken kind, String text) implements Node {}

    /**
     * {@code ±0.digits × 10^exponent}, without zeros at either end of the digits: equal values have
     * equal fields, and nothing is ever expanded, however big the exponent.
     */
    private record Num(boolean negative, String digits, BigInteger exponent) implements Node {
        /** Of an exponent. Making a number of many more would take longer than anybody waits. */
        private static final int EXPONENT_CHARS_MAX = 1000;

        static Node of(String text) {
            boolean negative = text.startsWith("-");
            int e = Math.max(text.indexOf('e'), text.indexOf('E'));
            String mantissa = text.substring(negative ? 1 : 0, e < 0 ? text.length() : e);
            int point = mantissa.indexOf('.');
            String all = point < 0 ? mantissa : mantissa.substring(0, point) + mantissa.substring(point + 1);
            int first = 0;
            while (first < all.length() && all.charAt(first) == '0') {
                first++;
            }
            int last = all.length();
            while (last > first && all.charAt(last - 1) == '0') {
                last--;
            }
            if (first == last) {
                return new Num(false, "", BigInteger.ZERO);
            }
            if (e >= 0 && text.length() - e > EXPONENT_CHARS_MAX) {
                return new Scalar(JsonToken.VALUE_NUMBER_FLOAT, text);
            }
            BigInteger written = e < 0 ? BigInteger.ZERO : new BigInteger(text.substring(e + 1));
            int whole = (point < 0 ? mantissa.length() : point) - first;
            return new Num(negative, all.substring(first, last), written.add(BigInteger.valueOf(whole)));
        }
    }
}
