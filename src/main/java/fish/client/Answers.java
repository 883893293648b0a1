package fish.client;

import fish.contract.Headers;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.StoredRecord;
import fish.kv.TxnResult;
import fish.kv.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** Reads the documents that front-ends answer with. Members that it does not know are passed over. */
final class Answers {
    private Answers() {}

    /** A record, or what else was said of a key, as it is put together member by member. */
    private static final class Told {
        private String key = "";
        private long revision;
        private long created;
        private String contentType = "";
        private String contentEncoding = "";
        private long expiresAtMillis = StoredRecord.NEVER;
        private byte[] bytes = {};
        private boolean deleted;
        private boolean exists = true;
        private boolean superseded;

        private Told(JsonIn in) throws IOException {
            in.object(name -> member(in, name));
        }

        private void member(JsonIn in, String name) throws IOException {
            switch (name) {
                case "key" -> key = in.text();
                case "revision" -> revision = in.integer();
                case "created" -> created = in.integer();
                case "contentType" -> contentType = in.text();
                case "contentEncoding" -> contentEncoding = in.text();
                case "expires" -> expiresAtMillis = instant(in.text());
                case "json" -> bytes = in.raw().getBytes(StandardCharsets.UTF_8);
                case "text" -> bytes = in.text().getBytes(StandardCharsets.UTF_8);
                case "base64" -> bytes = in.base64();
                case "deleted" -> deleted = in.bool();
                case "exists" -> exists = in.bool();
                case "superseded" -> superseded = in.bool();
                default -> in.skip();
            }
        }

        private Key key() throws IOException {
            try {
                return Key.of(key);
            } catch (IllegalArgumentException e) {
                throw new IOException("the answer has a key that is none", e);
            }
        }

        private StoredRecord record() throws IOException {
            return new StoredRecord(
                    key(), value(bytes, contentType, contentEncoding), revision, created, expiresAtMillis);
        }
    }

    static StoredRecord record(Key key, Answer answer) throws IOException {
        return new StoredRecord(
                key,
                value(answer.body(), answer.header("Content-Type"), answer.header("Content-Encoding")),
                answer.number(Headers.REVISION).orElseThrow(() -> new IOException("the answer has no Fish-Revision")),
                answer.number(Headers.CREATED).orElse(0),
                answer.header(Headers.EXPIRES).isEmpty()
                        ? StoredRecord.NEVER
                        : instant(answer.header(Headers.EXPIRES)));
    }

    static OpResult.Put put(Answer answer) throws IOException {
        Told told = JsonIn.read(answer.text(), Told::new);
        return new OpResult.Put(told.key(), told.revision, told.created, told.expiresAtMillis);
    }

    static long revision(Answer answer) throws IOException {
        return positive(JsonIn.read(answer.text(), Told::new).revision);
    }

    /** What is JSON and says no revision did not come from a node. */
    private static long positive(long revision) throws IOException {
        if (revision < 1) {
            throw new IOException("the answer has no 'revision'");
        }
        return revision;
    }

    static RecordPage page(Answer answer) throws IOException {
        return JsonIn.read(answer.text(), in -> {
            List<StoredRecord> records = new ArrayList<>();
            long[] revision = {0};
            String[] next = {""};
            in.object(name -> {
                switch (name) {
                    case "revision" -> revision[0] = in.integer();
                    case "records" -> in.elements(() -> records.add(new Told(in).record()));
                    case "next" -> next[0] = in.text();
                    default -> in.skip();
                }
            });
            return new RecordPage(positive(revision[0]), records, next[0]);
        });
    }

    static TxnResult txn(Answer answer) throws IOException {
        return JsonIn.read(answer.text(), in -> {
            String[] branch = {""};
            long[] revision = {0};
            List<OpResult> results = new ArrayList<>();
            in.object(name -> {
                switch (name) {
                    case "branch" -> branch[0] = in.text();
                    case "revision" -> revision[0] = in.integer();
                    case "results" -> in.elements(() -> in.object(kind -> results.add(result(kind, new Told(in)))));
                    default -> in.skip();
                }
            });
            if (branch[0].isEmpty()) {
                throw new IOException("the answer has no 'branch'");
            }
            return new TxnResult(branch[0].equals("then"), revision[0], results);
        });
    }

    private static OpResult result(String kind, Told told) throws IOException {
        return switch (kind) {
            case "put" -> new OpResult.Put(told.key(), told.revision, told.created, told.expiresAtMillis);
            case "delete" -> new OpResult.Deleted(told.key(), told.deleted);
            case "touch" -> touched(told);
            case "get" -> told.exists ? new OpResult.Got(told.record()) : new OpResult.Absent(told.key());
            default -> throw new IOException("a result is put, touch, delete or get, not " + kind);
        };
    }

    private static OpResult.Touched touched(Told told) throws IOException {
        return told.exists
                ? new OpResult.Touched(told.key(), told.revision, told.created, told.expiresAtMillis)
                : OpResult.Touched.none(told.key());
    }

    static OpResult.Touched touched(Answer answer) throws IOException {
        return touched(JsonIn.read(answer.text(), Told::new));
    }

    static Counted count(Answer answer) throws IOException {
        long[] count = {-1};
        long[] revision = {0};
        JsonIn.read(answer.text(), in -> {
            in.object(name -> {
                switch (name) {
                    case "count" -> count[0] = in.integer();
                    case "revision" -> revision[0] = in.integer();
                    default -> in.skip();
                }
            });
            return in;
        });
        if (count[0] < 0) {
            throw new IOException("the answer has no 'count'");
        }
        return new Counted(revision[0], count[0]);
    }

    static OpResult.DeletedRange deletedRange(Answer answer) throws IOException {
        return JsonIn.read(answer.text(), in -> {
            long[] deleted = {-1};
            boolean[] more = {false};
            in.object(name -> {
                switch (name) {
                    case "deleted" -> deleted[0] = in.integer();
                    case "more" -> more[0] = in.bool();
                    default -> in.skip();
                }
            });
            if (deleted[0] < 0 || deleted[0] > Integer.MAX_VALUE) {
                throw new IOException("the answer has no 'deleted'");
            }
            return new OpResult.DeletedRange((int) deleted[0], more[0]);
        });
    }

    /** The data of one {@code commit} event. */
    static Commit commit(String data) throws IOException {
        return JsonIn.read(data, Answers::commit);
    }

    private static Commit commit(JsonIn in) throws IOException {
        long[] revision = {0};
        List<Change> changes = new ArrayList<>();
        in.object(name -> {
            switch (name) {
                case "revision" -> revision[0] = in.integer();
                case "changes" -> in.elements(() -> in.object(kind -> changes.add(change(kind, new Told(in)))));
                default -> in.skip();
            }
        });
        return new Commit(revision[0], changes);
    }

    static CommitPage changes(Answer answer) throws IOException {
        return JsonIn.read(answer.text(), in -> {
            long[] revision = {0};
            List<Commit> commits = new ArrayList<>();
            in.object(name -> {
                switch (name) {
                    case "revision" -> revision[0] = in.integer();
                    case "commits" -> in.elements(() -> commits.add(commit(in)));
                    default -> in.skip();
                }
            });
            return new CommitPage(revision[0], commits);
        });
    }

    private static Change change(String kind, Told told) throws IOException {
        return switch (kind) {
            case "put" -> told.superseded ? new Change.Superseded(told.key()) : new Change.Put(told.record());
            case "delete" -> new Change.Deleted(told.key());
            default -> throw new IOException("a change is put or delete, not " + kind);
        };
    }

    private static Value value(byte[] bytes, String contentType, String contentEncoding) throws IOException {
        try {
            return new Value(bytes, contentType, contentEncoding);
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    private static long instant(String text) throws IOException {
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new IOException("this is no time: " + text, e);
        }
    }
}
