package fish.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys that follow each other.
 *
 * @param low inclusive; empty: from the first
 * @param high exclusive; empty: to the last
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Span(byte[] low, byte[] high) {
    /** What a range holds of a scope, in the order of keys: few spans that do not overlap. */
    public static List<Span> of(byte[] low, byte[] high, Scope scope) {
        if (scope.isAll()) {
            return List.of(new Span(low, high));
        }
        List<Span> spans = new ArrayList<>();
        for (byte[] prefix : scope.prefixes()) {
            Span span = new Span(max(low, prefix), min(high, prefixEnd(prefix)));
            if (span.high.length == 0 || Arrays.compareUnsigned(span.low, span.high) < 0) {
                spans.add(span);
            }
        }
        return spans;
    }

    /** The first key beyond all that begin so. UTF-8 has no byte 0xff, so its last byte can be counted up. */
    public static byte[] prefixEnd(byte[] prefix) {
        byte[] end = prefix.clone();
        if (end.length > 0) {
            end[end.length - 1]++;
        }
        return end;
    }

    private static byte[] max(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /** Of two high ends, of which an empty one is no end at all. */
    private static byte[] min(byte[] a, byte[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        return Arrays.compareUnsigned(a, b) <= 0 ? a : b;
    }

    /** Whether this key, in its bytes, is not beyond the low end. */
    public boolean beginsBy(byte[] key) {
        return Arrays.compareUnsigned(key, low) >= 0;
    }

    /** Whether this key, in its bytes, is not beyond the high end. */
    public boolean endsAfter(byte[] key) {
        return high.length == 0 || Arrays.compareUnsigned(key, high) < 0;
    }
}
