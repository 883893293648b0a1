package fish.client;

import fish.contract.Cluster;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A client of a group. Every method blocks until it has its answer, at most for its timeout, and says what went wrong
 * with a {@link FishException}: a read with a {@link ReadFailedException}, a write with a {@link NotAppliedException} or
 * an {@link UnknownOutcomeException}.
 *
 * <p>A request goes to the front-ends in turn and is tried again where that can help. Every write carries an idempotency
 * key, the same in each try, so it is applied once at most however often it is sent.
 *
 * <p>Thread-safe; made once and shared. Close at any time, twice too.
 */
public final class FishClient implements AutoCloseable {
    private static final Set<Integer> OK = Set.of(200);
    private static final Set<Integer> ANY_STATUS = Set.of(200, 400, 401, 403, 404, 405, 421, 500, 503);
    private static final Set<Integer> FOUND_OR_NOT = Set.of(200, 404);
    private static final Set<Integer> PUT = Set.of(200, 201, 412);
    private static final Set<Integer> DELETED = Set.of(200, 404, 412);
    private static final byte[] NOTHING = {};

    private final ClientConfig config;
    private final FrontEnds frontEnds;
    private final Transport transport;
    private final Caller caller;
    private final Semaphore watchesFree;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    private FishClient(ClientConfig config, RandomGenerator random, Time time) {
        this.config = config;
        this.frontEnds = new FrontEnds(
                config.frontEnds(), random.nextInt(config.frontEnds().size()), time);
        this.transport = new Transport(config);
        this.caller = new Caller(config, frontEnds, transport, random, time);
        this.watchesFree = new Semaphore(config.watchesMax());
    }

    /** A client of these front-ends; connections are made as they are needed. */
    public static FishClient open(ClientConfig config) {
        return open(config, new SecureRandom(), Time.SYSTEM);
    }

    /** @param random thread-safe */
    static FishClient open(ClientConfig config, RandomGenerator random, Time time) {
        return new FishClient(config, random, time);
    }

    /** The record as the latest write left it; empty where there is none. */
    public Optional<StoredRecord> get(Key key) {
        return get(key, ReadOptions.STRONG);
    }

    /** A value that was put without a type comes back as {@code application/octet-stream}. */
    public Optional<StoredRecord> get(Key key, ReadOptions options) {
        Request request = Request.get(
                RequestTarget.path(key), RequestTarget.of(options), FOUND_OR_NOT, timeout(options.timeout()));
        Answer answer = caller.call(request);
        return answer.status() == 404
                ? Optional.empty()
                : Optional.of(caller.parsed(request, () -> Answers.record(key, answer)));
    }

    public OpResult.Put put(Key key, Value value) {
        return put(key, value, WriteOptions.DEFAULT);
    }

    /** @throws PreconditionFailedException where {@link WriteOptions#ifRevision} did not hold */
    public OpResult.Put put(Key key, Value value, WriteOptions options) {
        Map<String, String> headers = conditional(options);
        RequestTarget.add(headers, "Content-Type", value.contentType());
        RequestTarget.add(headers, "Content-Encoding", value.contentEncoding());
        Request request =
                write("PUT", RequestTarget.path(key), RequestTarget.of(options), headers, value.bytes(), PUT, options);
        Answer answer = accepted(caller.call(request));
        return caller.parsed(request, () -> Answers.put(answer));
    }

    public OptionalLong delete(Key key) {
        return delete(key, WriteOptions.DEFAULT);
    }

    /**
     * The revision of the commit that deleted it; empty where there was no record.
     *
     * @throws PreconditionFailedException where {@link WriteOptions#ifRevision} did not hold
     */
    public OptionalLong delete(Key key, WriteOptions options) {
        requireNoTtl(options);
        Request request = write(
                "DELETE",
                RequestTarget.path(key),
                RequestTarget.of(options),
                conditional(options),
                NOTHING,
                DELETED,
                options);
        Answer answer = accepted(caller.call(request));
        return answer.status() == 404
                ? OptionalLong.empty()
                : OptionalLong.of(caller.parsed(request, () -> Answers.revision(answer)));
    }

    /**
     * Has the record as it is live for the options' TTL from now on; without one, for ever. What it was answered:
     * {@link OpResult.Touched#exists} says whether there is a record.
     *
     * @throws PreconditionFailedException where {@link WriteOptions#ifRevision} did not hold
     */
    public OpResult.Touched touch(Key key, WriteOptions options) {
        Map<String, String> params = RequestTarget.of(options);
        params.put("ttl", RequestTarget.ttl(options.ttlMillis()));
        Request request =
                write("POST", RequestTarget.path(key), params, conditional(options), NOTHING, DELETED, options);
        Answer answer = accepted(caller.call(request));
        return answer.status() == 404
                ? OpResult.Touched.none(key)
                : caller.parsed(request, () -> Answers.touched(answer));
    }

    /**
     * Deletes the first of the records that lie within the bounds of a listing, in one commit.
     *
     * @param listing with a prefix, a start or an end; it says no more than these here
     * @param limit how many at most, 1 to {@value Operation.DeleteRange#LIMIT_MAX}
     */
    public OpResult.DeletedRange deleteRange(Listing listing, int limit, WriteOptions options) {
        requireNone(options);
        Map<String, String> params = RequestTarget.of(options);
        params.putAll(listing.bounds());
        params.put("limit", Integer.toString(limit));
        Request request = write("DELETE", "/kv", params, Map.of(), NOTHING, OK, options);
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> Answers.deletedRange(answer));
    }

    /** How many records lie within the bounds of a listing, in one state. */
    public long count(Listing listing, ReadOptions options) {
        return counted(listing, options).count();
    }

    /** As {@link #count}, and in which state. */
    public Counted counted(Listing listing, ReadOptions options) {
        Map<String, String> params = RequestTarget.of(options);
        params.putAll(listing.bounds());
        params.put("count", "true");
        Request request = Request.get("/kv", params, OK, timeout(options.timeout()));
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> Answers.count(answer));
    }

    /**
     * The records in order, fetched page by page as they are taken: each page is one state, the next one may be a later
     * one. Values come as {@link #get} has them, but for line ends inside JSON, which come as spaces. Taking throws a
     * {@link ReadFailedException} where the next page could not be had.
     */
    public Stream<StoredRecord> list(Listing listing, ReadOptions options) {
        Pages pages = new Pages(caller, listing.params(), RequestTarget.of(options), timeout(options.timeout()));
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(pages, Spliterator.ORDERED), false);
    }

    public Stream<StoredRecord> list(Listing listing) {
        return list(listing, ReadOptions.STRONG);
    }

    /**
     * One page of a listing, and of which state it is.
     *
     * @param cursor the {@code next} of the page before; empty: the first page
     */
    public RecordPage page(Listing listing, String cursor, ReadOptions options) {
        Map<String, String> params = listing.params();
        params.putAll(RequestTarget.of(options));
        RequestTarget.add(params, "cursor", cursor);
        Request request = Request.get("/kv", params, OK, timeout(options.timeout()));
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> Answers.page(answer));
    }

    /**
     * The durable commits after a revision, those of keys that begin so, up to a thousand of them.
     *
     * @param wait for how long to wait for one, up to a quarter of a try; zero: not at all
     * @throws ReadFailedException {@code compacted} where they are no longer kept
     */
    public CommitPage changes(String prefix, long since, Duration wait) {
        Map<String, String> params = new LinkedHashMap<>(Map.of("since", Long.toString(since)));
        RequestTarget.add(params, "prefix", prefix);
        long millis = Math.min(wait.toMillis(), config.tryTimeout().toMillis() / 4);
        RequestTarget.add(params, "wait", millis > 0 ? millis + "ms" : "");
        Request request = Request.get("/changes", params, OK, config.timeout());
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> Answers.changes(answer));
    }

    public TxnResult txn(Txn txn) {
        return txn(txn, WriteOptions.DEFAULT);
    }

    /**
     * Runs it, all or nothing. A get brings its value always.
     *
     * @throws IllegalArgumentException where it holds what the contract cannot say, or {@code options} have a TTL or a
     *     revision, which a transaction has per operation; or it changes nothing and they have a durability
     */
    public TxnResult txn(Txn txn, WriteOptions options) {
        if (txn.readOnly()) {
            return readTxn(txn, ReadOptions.STRONG.withTimeout(options.timeout()));
        }
        Request request = txnRequest(TxnText.of(txn), options);
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> Answers.txn(answer));
    }

    /** A transaction that changes nothing: a snapshot of the keys that it reads. */
    public TxnResult readTxn(Txn txn, ReadOptions options) {
        if (!txn.readOnly()) {
            throw new IllegalArgumentException("this transaction changes something");
        }
        Request request = new Request(
                "POST",
                "/txn",
                RequestTarget.of(options),
                Map.of(),
                TxnText.of(txn),
                "",
                OK,
                timeout(options.timeout()));
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> Answers.txn(answer));
    }

    /** As {@link #txn(Txn, WriteOptions)}: a body of {@code POST /txn} as it stands, and the answer as it came. */
    public String txnJson(String body, WriteOptions options) {
        Request request = txnRequest(body.getBytes(StandardCharsets.UTF_8), options);
        Answer answer = caller.call(request);
        return caller.parsed(request, answer::text);
    }

    /** As {@link #transact(Function, WriteOptions)}. */
    public <T> T transact(Function<? super Tx, ? extends T> work) {
        return transact(work, WriteOptions.DEFAULT);
    }

    /**
     * Runs the work, and commits what it wrote if all that it read is still the same; else runs it again, so it should do
     * nothing but through its {@link Tx}. What it throws ends it, with nothing written. Serializable.
     *
     * @param options without a TTL, a revision or an idempotency key; the timeout is of each request
     * @throws ConflictException where others were faster {@link Retries#transactTriesMax} times
     */
    public <T> T transact(Function<? super Tx, ? extends T> work, WriteOptions options) {
        requireNone(options);
        if (!options.idempotencyKey().isEmpty()) {
            throw new IllegalArgumentException("each try is a write of its own and needs a key of its own");
        }
        return new Transactor(this, caller, config.retries().transactTriesMax()).run(work, options);
    }

    /** Who may do what. */
    public TokenAdmin tokens() {
        return new TokenAdmin(caller, config.timeout());
    }

    /** Watches what happens to keys that begin so, from now on. Returns once it is known where that is. */
    public Watch watch(String prefix, ChangeListener listener) {
        Map<String, String> params = new LinkedHashMap<>(Map.of("limit", "1"));
        RequestTarget.add(params, "prefix", prefix);
        Request now = Request.get("/changes", params, OK, config.timeout());
        Answer answer = caller.call(now);
        return watch(prefix, caller.parsed(now, () -> Answers.revision(answer)), listener);
    }

    /**
     * Watches what happened to keys that begin so after this revision, and what happens.
     *
     * @throws ReadFailedException {@code busy} where there are {@link ClientConfig#watchesMax} already
     */
    public Watch watch(String prefix, long since, ChangeListener listener) {
        if (!watchesFree.tryAcquire()) {
            throw new ReadFailedException("busy", "there are " + config.watchesMax() + " watches already");
        }
        Watch watch = new Watch(config, frontEnds, transport, caller, prefix, since, listener, this::watchEnded);
        watches.add(watch);
        watch.start();
        return watch;
    }

    private void watchEnded(Watch watch) {
        if (watches.remove(watch)) {
            watchesFree.release();
        }
    }

    /**
     * What stands at a path that has no method here, such as {@code /metrics}; of any status that is not worth another try.
     *
     * @param target raw path and query
     */
    public Document document(String target, Duration timeout) {
        String[] parts = target.split("\\?", 2);
        Map<String, String> params = new LinkedHashMap<>();
        if (parts.length > 1) {
            for (String param : parts[1].split("&", -1)) {
                String[] pair = param.split("=", 2);
                params.put(pair[0], pair.length > 1 ? pair[1] : "true");
            }
        }
        Answer answer = caller.call(Request.get(parts[0], params, ANY_STATUS, timeout));
        return new Document(answer.status(), answer.body());
    }

    /** The group as a front-end sees it. */
    public Cluster cluster() {
        Request request = Request.get("/cluster", Map.of(), OK, config.timeout());
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> ClusterIn.read(answer));
    }

    /**
     * What a path beside the records answers, as it came: of the group, of tokens, of health.
     *
     * @param method GET is tried again as every read is; what changes something is never sent again where it may have
     *     arrived, since it carries no idempotency key
     * @param path raw, with its percent signs
     * @param accepted the statuses that are answers; any other is a {@link FishException} with the problem's code
     */
    public String ask(String method, String path, Map<String, String> params, String body, Set<Integer> accepted) {
        boolean read = method.equals("GET");
        Map<String, String> headers = body.isEmpty() ? Map.of() : Map.of("Content-Type", "application/json");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Request request = new Request(method, path, params, headers, bytes, "", accepted, config.timeout(), !read);
        Answer answer = caller.call(request);
        return caller.parsed(request, answer::text);
    }

    private Duration timeout(Duration asked) {
        return asked.isZero() ? config.timeout() : asked;
    }

    private Request txnRequest(byte[] body, WriteOptions options) {
        requireNone(options);
        return write("POST", "/txn", RequestTarget.of(options), Map.of(), body, OK, options);
    }

    private Request write(
            String method,
            String path,
            Map<String, String> params,
            Map<String, String> headers,
            byte[] body,
            Set<Integer> accepted,
            WriteOptions options) {
        String key = options.idempotencyKey().isEmpty() ? UUID.randomUUID().toString() : options.idempotencyKey();
        return new Request(method, path, params, headers, body, key, accepted, timeout(options.timeout()));
    }

    private static Map<String, String> conditional(WriteOptions options) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (options.ifRevision() == WriteOptions.ABSENT) {
            headers.put("If-None-Match", "*");
        } else if (options.ifRevision() != WriteOptions.ANY) {
            headers.put("If-Match", "\"" + options.ifRevision() + "\"");
        }
        return headers;
    }

    private static Answer accepted(Answer answer) {
        if (answer.status() == 412) {
            throw new PreconditionFailedException(
                    ProblemIn.of(answer).detail(), answer.number("ETag").orElse(0));
        }
        return answer;
    }

    private static void requireNoTtl(WriteOptions options) {
        if (options.ttlMillis() != Operation.NO_TTL) {
            throw new IllegalArgumentException("a ttl is for a put");
        }
    }

    private static void requireNone(WriteOptions options) {
        requireNoTtl(options);
        if (options.ifRevision() != WriteOptions.ANY) {
            throw new IllegalArgumentException("a transaction says of each key which revision it has");
        }
    }

    /** Ends all watches; requests under way fail at once. */
    @Override
    public void close() {
        watches.forEach(Watch::close);
        caller.close();
    }
}
