package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * {@code GET /cluster/verify} and {@code GET /cluster/digest}: whether a node's own files are sound, and what it holds,
 * a bounded part at a time. Thread-safe.
 */
public final class VerifyHandler {
    /** Of a digest; with every record in the answer a tenth of it. */
    public static final int RECORDS_MAX = 10_000;

    private static final int LISTED_MAX = 1000;

    /** Asked once per request; answers it, soon, on any thread. Neither blocks nor throws. */
    public interface Source {
        /**
         * @param from the file to begin with; empty: the first
         */
        void verify(String from, Call call);

        void digest(DigestOf range, Call call, long deadlineNanos);
    }

    /**
     * @param start inclusive
     * @param end exclusive; empty: to the last key
     * @param after the revision that the node must hold
     * @param listed whether each record is told
     */
    public record DigestOf(String start, String end, int limit, long after, boolean listed) {}

    /**
     * What a node found in some of its log files.
     *
     * @param next the file to go on with; empty: that was all
     */
    public record Verified(String node, int files, long bytes, List<Damage> damaged, String next) {}

    /** What is wrong with a file. */
    public record Damage(String file, String reason) {}

    /**
     * What a range holds.
     *
     * @param next the first key that is not covered; empty: none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Digest(String node, long revision, byte[] digest, List<Entry> entries, String next) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Entry(String key, long revision, byte[] digest) {}

    private final Source source;

    public VerifyHandler(Source source) {
        this.source = source;
    }

    /** {@code GET /cluster/verify}. */
    public void verify(Call call) {
        Params params = call.params(Set.of("timeout", "from"));
        String from = params.text("from");
        if (!from.isEmpty() && !from.matches("[0-9a-f]{8}\\.jdb")) {
            throw Problem.badParameter("from", "is the next of an answer before");
        }
        call.await(call.deadlineNanos(params), VerifyHandler::late, () -> source.verify(from, call));
    }

    /** {@code GET /cluster/digest}. */
    public void digest(Call call) {
        Params params = call.params(Set.of("timeout", "start", "end", "limit", "after", "keys"));
        boolean listed = params.flag("keys");
        int max = listed ? LISTED_MAX : RECORDS_MAX;
        DigestOf range = new DigestOf(
                params.text("start"),
                params.text("end"),
                (int) params.number("limit", 1, max, max),
                params.number("after", 0, Reads.REVISION_MAX, 0),
                listed);
        long deadline = call.deadlineNanos(params);
        call.await(deadline, VerifyHandler::late, () -> source.digest(range, call, deadline));
    }

    private static Problem late() {
        return new Problem(Code.LAGGING, "no answer in time");
    }

    public static byte[] json(Verified found) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("node", found.node);
            g.writeNumberField("files", found.files);
            g.writeNumberField("bytes", found.bytes);
            g.writeArrayFieldStart("damaged");
            for (Damage damage : found.damaged) {
                g.writeStartObject();
                g.writeStringField("file", damage.file);
                g.writeStringField("reason", damage.reason);
                g.writeEndObject();
            }
            g.writeEndArray();
            if (!found.next.isEmpty()) {
                g.writeStringField("next", found.next);
            }
            g.writeEndObject();
        });
    }

    public static byte[] json(Digest digest, boolean listed) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("node", digest.node);
            g.writeNumberField("revision", digest.revision);
            g.writeNumberField("count", digest.entries.size());
            g.writeStringField("digest", HexFormat.of().formatHex(digest.digest));
            if (listed) {
                g.writeArrayFieldStart("records");
                for (Entry entry : digest.entries) {
                    g.writeStartObject();
                    g.writeStringField("key", entry.key);
                    g.writeNumberField("revision", entry.revision);
                    g.writeStringField("digest", HexFormat.of().formatHex(entry.digest));
                    g.writeEndObject();
                }
                g.writeEndArray();
            }
            if (!digest.next.isEmpty()) {
                g.writeStringField("next", digest.next);
            }
            g.writeEndObject();
        });
    }

    /** For a node that holds nothing to verify. */
    public static Source none() {
        return new Source() {
            @Override
            public void verify(String from, Call call) {
                call.answer(() -> call.problem(new Problem(Code.STARTING, "nothing to verify here")));
            }

            @Override
            public void digest(DigestOf range, Call call, long deadlineNanos) {
                verify("", call);
            }
        };
    }
}
