package fish.client;

import fish.contract.Words;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Read;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Options as the contract writes them in a request's target. */
final class RequestTarget {
    private static final String UNRESERVED = "-_~/";

    private RequestTarget() {}

    /** The raw path of a key. Dots are escaped, so that nobody takes {@code ..} for a way up. */
    static String path(Key key) {
        StringBuilder path = new StringBuilder("/kv/");
        for (byte b : key.bytes()) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0);
            if (plain) {
                path.append(c);
            } else {
                path.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return path.toString();
    }

    static Map<String, String> of(ReadOptions options) {
        Map<String, String> params = new LinkedHashMap<>();
        if (options.consistency() != Consistency.STRONG) {
            params.put("consistency", Words.of(options.consistency()));
        }
        if (options.after() > 0) {
            params.put("after", Long.toString(options.after()));
        }
        if (options.maxLagMillis() != Read.ANY_LAG) {
            params.put("max-lag", options.maxLagMillis() + "ms");
        }
        return params;
    }

    static Map<String, String> of(WriteOptions options) {
        Map<String, String> params = new LinkedHashMap<>();
        if (options.durability() != Durability.DEFAULT) {
            params.put("durability", Words.of(options.durability()));
        }
        if (options.ttlMillis() != Operation.NO_TTL) {
            params.put("ttl", options.ttlMillis() + "ms");
        }
        return params;
    }

    /** How a TTL is asked for that takes another's place. */
    static String ttl(long ttlMillis) {
        return ttlMillis == Operation.NO_TTL ? "none" : ttlMillis + "ms";
    }

    /** Only where there is something to say. */
    static void add(Map<String, String> params, String name, String value) {
        if (!value.isEmpty()) {
            params.put(name, value);
        }
    }
}
