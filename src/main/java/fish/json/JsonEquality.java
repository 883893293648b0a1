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

    /** As {@link #same(byte[], String)}, of two texts. */
    public static boolean same(String a, String b) {
        Optional<Node> left = parse(a);
        Optional<Node> right = left.isPresent() ? parse(b) : Optional.empty();
        return right.isPresent() && equal(left.get(), right.get());
    }

    /** One frame a level, unlike the records' own, of which a thread's stack does not hold enough. */
    private static boolean equal(Node a, Node b) {
        if (a instanceof Members left) {
            return b instanceof Members right && equal(left.members, right.members);
        }
        if (!(a instanceof Elements left)) {
            return a.equals(b);
        }
        if (!(b instanceof Elements right) || left.elements.size() != right.elements.size()) {
            return false;
        }
        for (int i = 0; i < left.elements.size(); i++) {
            if (!equal(left.elements.get(i), right.elements.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Map<String, Node> left, Map<String, Node> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<String, Node> member : left.entrySet()) {
            Node other = right.get(member.getKey());
            if (other == null || !equal(member.getValue(), other)) {
                return false;
            }
        }
        return true;
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
        if (token.isNumeric()) {
            return Num.of(parser.getText());
        }
        return new Scalar(token, parser.getText());
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
