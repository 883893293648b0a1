package fish.api;

import fish.http.Problem;
import fish.http.ProblemException;
import fish.kv.Condition;
import fish.kv.Key;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What {@code If-Match} or {@code If-None-Match} lists. A tag that no revision has is well-formed all the
 * same: it matches nothing.
 *
 * @param any whether it is {@code *}
 * @param strong revisions of the strong tags
 * @param all revisions of all tags, weak ones included
 */
record ETags(boolean any, Set<Long> strong, Set<Long> all) {
    private static final ETags ABSENT = new ETags(false, Set.of(), Set.of());

    static String of(long revision) {
        return "\"" + revision + "\"";
    }

    /** The conditions on a write that the two headers make. */
    static List<Condition> conditions(HeaderMap headers, Key key) {
        if (!headers.contains(Headers.IF_MATCH) && !headers.contains(Headers.IF_NONE_MATCH)) {
            return List.of();
        }
        List<Condition> conditions = new ArrayList<>(2);
        if (headers.contains(Headers.IF_MATCH)) {
            ETags tags = parse(headers, Headers.IF_MATCH);
            conditions.add(
                    tags.any ? new Condition.Exists(key, true) : new Condition.RevisionIn(key, tags.strong, true));
        }
        if (headers.contains(Headers.IF_NONE_MATCH)) {
            ETags tags = parse(headers, Headers.IF_NONE_MATCH);
            conditions.add(
                    tags.any ? new Condition.Exists(key, false) : new Condition.RevisionIn(key, tags.all, false));
        }
        return conditions;
    }

    boolean strongly(long revision) {
        return any || strong.contains(revision);
    }

    boolean weakly(long revision) {
        return any || all.contains(revision);
    }

    /**
     * @throws ProblemException {@code bad-request} where the header is not a list of entity tags
     */
    static ETags parse(HeaderMap headers, HttpString name) {
        HeaderValues lines = headers.get(name);
        if (lines == null) {
            return ABSENT;
        }
        String text = String.join(",", lines).strip();
        if (text.equals("*")) {
            return new ETags(true, Set.of(), Set.of());
        }
        Set<Long> strong = new HashSet<>();
        Set<Long> all = new HashSet<>();
        int tags = 0;
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            if (c == ',' || c == ' ' || c == '\t') {
                i++;
                continue;
            }
            boolean weak = text.startsWith("W/", i);
            int open = weak ? i + 2 : i;
            int close = text.indexOf('"', open + 1);
            if (open >= text.length() || text.charAt(open) != '"' || close < 0 || !separated(text, close + 1)) {
                throw malformed(name);
            }
            addRevision(text.substring(open + 1, close), weak, strong, all);
            tags++;
            i = close + 1;
        }
        if (tags == 0) {
            throw malformed(name);
        }
        return new ETags(false, strong, all);
    }

    private static boolean separated(String text, int at) {
        return at == text.length() || ", \t".indexOf(text.charAt(at)) >= 0;
    }

    private static void addRevision(String opaque, boolean weak, Set<Long> strong, Set<Long> all) {
        boolean revision = !opaque.isEmpty()
                && opaque.length() <= 16
                && opaque.charAt(0) != '0'
                && opaque.chars().allMatch(c -> c >= '0' && c <= '9');
        if (revision) {
            all.add(Long.valueOf(opaque));
            if (!weak) {
                strong.add(Long.valueOf(opaque));
            }
        }
    }

    private static ProblemException malformed(HttpString name) {
        return Problem.badRequest(name + " is * or a list of quoted entity tags, \"1234\"");
    }
}
