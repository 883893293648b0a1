package fish.client;

import fish.kv.Query;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which records to list. All bounds hold together.
 *
 * @param prefix of the keys; empty: any
 * @param start the low end, inclusive; empty: none
 * @param end the high end, exclusive; empty: none
 * @param withValues whether the bytes come too
 * @param pageRecords records fetched at once, 1 to 1,000
 */
public record Listing(String prefix, String start, String end, boolean reverse, boolean withValues, int pageRecords) {
    private static final int PAGE_RECORDS = 100;

    /** All records. */
    public static final Listing ALL = of("");

    public Listing {
        if (pageRecords < 1 || pageRecords > Query.Range.LIMIT_MAX) {
            throw new IllegalArgumentException("a page has 1 to " + Query.Range.LIMIT_MAX + " records");
        }
    }

    /** All whose keys begin so. */
    public static Listing of(String prefix) {
        return new Listing(prefix, "", "", false, true, PAGE_RECORDS);
    }

    public Listing between(String low, String high) {
        return new Listing(prefix, low, high, reverse, withValues, pageRecords);
    }

    public Listing backwards() {
        return new Listing(prefix, start, end, true, withValues, pageRecords);
    }

    public Listing keysOnly() {
        return new Listing(prefix, start, end, reverse, false, pageRecords);
    }

    public Listing withPages(int records) {
        return new Listing(prefix, start, end, reverse, withValues, records);
    }

    Map<String, String> bounds() {
        Map<String, String> params = new LinkedHashMap<>();
        RequestTarget.add(params, "prefix", prefix);
        RequestTarget.add(params, "start", start);
        RequestTarget.add(params, "end", end);
        return params;
    }

    Map<String, String> params() {
        Map<String, String> params = bounds();
        RequestTarget.add(params, "reverse", reverse ? "true" : "");
        RequestTarget.add(params, "keys", withValues ? "" : "true");
        params.put("limit", Integer.toString(pageRecords));
        return params;
    }
}
