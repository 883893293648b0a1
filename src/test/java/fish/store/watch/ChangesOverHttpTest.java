package fish.store.watch;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Transaction;
import fish.access.Need;
import fish.api.ChangeHandler;
import fish.api.ChangeJson;
import fish.http.HttpServer;
import fish.http.Route;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Txn;
import fish.run.Guard;
import fish.store.LoneMaster;
import fish.store.Tables;
import fish.testing.Standard;
import io.undertow.util.Methods;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangesOverHttpTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Longer than a client that takes all may be kept from it by this machine. */
    private static final Duration STALL_MAX = Duration.ofSeconds(6);

    @TempDir
    Path home;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private LoneMaster master;
    private ChangeFeed feed;
    private HttpServer server;

    @BeforeEach
    void open() {
        master = LoneMaster.in(home);
        feed = new ChangeFeed(() -> master.store, new ChangeJson(), new Guard(reason -> {}));
        feed.start();
        ChangeHandler changes = new ChangeHandler(feed, STALL_MAX);
        server = serving(changes);
        server.start();
    }

    static HttpServer serving(ChangeHandler changes) {
        return new HttpServer(Standard.http(), List.of(Route.read(Methods.GET, "/changes", Need.READ, changes::get)));
    }

    @AfterEach
    void close() {
        feed.close();
        server.close();
        master.close();
    }

    /** A stream's lines, read with a time limit; of HTTP/1.0, since chunks are none of them. */
    private static final class Events implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Events(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(40_000);
            this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next line that an event has; at the end empty. */
        String line() throws IOException {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("id: ") || line.startsWith("event: ") || line.startsWith("data: ")) {
                    return line;
                }
            }
            return "";
        }

        /** Passes over the first event, which says where the stream begins. */
        void beginning() throws IOException {
            assertThat(line()).startsWith("id: ");
            assertThat(line()).isEqualTo("event: progress");
            assertThat(line()).startsWith("data: {\"revision\":");
        }

        /** The data of the next commit, whose other lines are as they must be. */
        String commit() throws IOException {
            while (true) {
                String id = line();
                String event = line();
                String data = line();
                if (!event.equals("event: progress")) {
                    assertThat(event).isEqualTo("event: commit");
                    assertThat(data).startsWith("data: {\"revision\":" + id.substring("id: ".length()) + ",");
                    return data.substring("data: ".length());
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Events stream(String query, String... headers) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        StringBuilder request = new StringBuilder(
                "GET /changes" + query + " HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return new Events(socket);
    }

    private HttpRequest request(String query, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + "/changes" + query))
                .timeout(SOON);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    private HttpResponse<String> get(String query, String... headers) throws Exception {
        return client.send(request(query, headers), HttpResponse.BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> getLater(String query) {
        int watchers = feed.watchers();
        var answer = client.sendAsync(request(query), HttpResponse.BodyHandlers.ofString());
        eventually(SOON, () -> assertThat(feed.watchers()).isGreaterThan(watchers));
        return answer;
    }

    private long put(String key, String value) {
        return master.run(Txn.of(LoneMaster.putting(key, value))).revision();
    }

    private void durable(long revision) {
        eventually(SOON, () -> assertThat((long) master.store.use(ChangeLog::durable))
                .isGreaterThanOrEqualTo(revision));
    }

    private static String putJson(String key, long revision, long created, String text) {
        return "{\"put\":{\"key\":\"" + key + "\",\"revision\":" + revision + ",\"created\":" + created
                + ",\"contentType\":\"text/plain\",\"text\":\"" + text + "\"}}";
    }

    @Test
    void aPageHasWhatHappenedAndWhereToGoOn() throws Exception {
        long first = put("users/1", "Ada");
        long second = put("users/1", "Eve");
        long third = master.run(Txn.of(new Operation.Delete(Key.of("users/1")))).revision();
        long fourth = put("b", "2");
        durable(fourth);
        assertThat(get("?since=0&limit=2").body())
                .isEqualTo("{\"commits\":[{\"revision\":" + first
                        + ",\"changes\":[{\"put\":{\"key\":\"users/1\",\"revision\":" + first
                        + ",\"superseded\":true}}]},{\"revision\":" + second
                        + ",\"changes\":[{\"put\":{\"key\":\"users/1\",\"revision\":" + second
                        + ",\"superseded\":true}}]}],\"revision\":" + second + "}");
        assertThat(get("?since=" + second).body())
                .startsWith("{\"commits\":[{\"revision\":" + third
                        + ",\"changes\":[{\"delete\":{\"key\":\"users/1\"}}]},{\"revision\":" + fourth
                        + ",\"changes\":[" + putJson("b", fourth, fourth, "2") + "]}],\"revision\":" + fourth);
        assertThat(get("?since=0&prefix=b").body()).startsWith("{\"commits\":[{\"revision\":" + fourth + ",");
        assertThat(get("").body()).isEqualTo("{\"commits\":[],\"revision\":" + fourth + "}");
        assertThat(get("?since=" + (fourth + 10)).body())
                .isEqualTo("{\"commits\":[],\"revision\":" + (fourth + 10) + "}");
    }

    @Test
    void aPageWaitsUntilThereIsSomethingOrItsTimeIsUp() throws Exception {
        assertThat(get("?wait=50ms").body()).startsWith("{\"commits\":[],\"revision\":");
        eventually(SOON, () -> assertThat(feed.watchers()).isZero());
        var waiting = getLater("?wait=30s&prefix=b");
        put("a", "1");
        long revision = put("b", "2");
        assertThat(waiting.get().body())
                .startsWith("{\"commits\":[{\"revision\":" + revision + ",\"changes\":["
                        + putJson("b", revision, revision, "2") + "]}],\"revision\":");
    }

    @Test
    void aStreamHasEventsAndResumesWhereItWas() throws Exception {
        try (Events events = stream("?prefix=a")) {
            events.beginning();
            long first = put("a1", "x");
            put("b", "x");
            long second = put("a2", "y");
            assertThat(events.commit())
                    .isEqualTo("{\"revision\":" + first + ",\"changes\":[" + putJson("a1", first, first, "x") + "]}");
            assertThat(events.commit()).startsWith("{\"revision\":" + second + ",");
            try (Events resumed = stream("?since=0", "Last-Event-ID: " + first)) {
                assertThat(resumed.commit()).contains("\"b\"");
                assertThat(resumed.commit()).contains("\"a2\"");
            }
        }
        eventually(SOON, () -> assertThat(feed.watchers()).isZero());
    }

    @Test
    void anIdleStreamHasProgress() throws Exception {
        long revision = put("a", "1");
        durable(revision);
        try (Events events = stream("")) {
            for (int i = 0; i < 2; i++) {
                assertThat(events.line()).isEqualTo("id: " + revision);
                assertThat(events.line()).isEqualTo("event: progress");
                assertThat(events.line()).isEqualTo("data: {\"revision\":" + revision + "}");
            }
        }
    }

    @Test
    void aClientThatTakesNothingIsCutOffAndHoldsUpNobody() throws Exception {
        try (Events stalled = stream("");
                Events other = stream("")) {
            other.beginning();
            String big = "x".repeat(500_000);
            for (int i = 0; i < 40; i++) {
                put("big" + i, big);
                assertThat(other.commit()).contains("\"big" + i + "\"");
            }
            eventually(SOON, () -> assertThat(feed.watchers()).isEqualTo(1));
            put("after", "1");
            assertThat(other.commit()).contains("\"after\"");
            assertThat(stalled.socket.isConnected()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotTakeTheEndIsCutOffToo() throws Exception {
        try (Events stalled = stream("")) {
            stalled.beginning();
            String big = "x".repeat(1_000_000);
            List<CompletableFuture<Outcome>> puts = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                puts.add(master.send(Txn.of(LoneMaster.putting("big" + i, big))));
            }
            puts.forEach(LoneMaster::await);
            durable(master.pen.lastRevision());
            assertThat(server.connections()).isOne();
            feed.close();
            eventually(SOON, () -> assertThat(server.connections()).isZero());
            assertThat(stalled.socket.isConnected()).isTrue();
        }
    }

    @Test
    void whatIsNotKeptIs410WithTheOldestOnPagesAndStreams() throws Exception {
        long first = put("a", "1");
        durable(put("b", "1"));
        Transaction txn = master.environment.beginTransaction(null, null);
        master.store.use(d -> d.changes.delete(txn, new DatabaseEntry(Tables.revisionKey(first))));
        txn.commit();
        HttpResponse<String> page = get("?since=0");
        HttpResponse<String> stream = get("?since=0", "Accept", "text/event-stream");
        for (HttpResponse<String> answer : List.of(page, stream)) {
            assertThat(answer.statusCode()).isEqualTo(410);
            assertThat(answer.body()).contains("\"code\":\"compacted\"", "\"oldest\":" + first);
        }
        assertThat(get("?since=" + first).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        for (String query : List.of(
                "?since=x",
                "?since=-1",
                "?limit=0",
                "?limit=1001",
                "?wait=61s",
                "?wait=1",
                "?x=1",
                "?since=1&since=2",
                "?prefix=" + "p".repeat(1025))) {
            HttpResponse<String> answer = get(query);
            String name = query.substring(1, query.indexOf('='));
            assertThat(answer.statusCode()).as(query).isEqualTo(400);
            assertThat(answer.body()).contains("bad-parameter", "'" + name + "'");
        }
        for (String query : List.of("?limit=1", "?wait=1s")) {
            HttpResponse<String> answer = get(query, "Accept", "text/event-stream");
            assertThat(answer.statusCode()).as(query).isEqualTo(400);
            assertThat(answer.body()).contains("bad-parameter");
        }
        assertThat(get("", "Last-Event-ID", "x").statusCode()).isEqualTo(400);
    }

    @Test
    void closingEndsStreamsCleanlyAndAnswersPages() throws Exception {
        try (Events events = stream("", "Connection: close")) {
            events.beginning();
            var waiting = getLater("?wait=30s");
            feed.close();
            while (!events.line().isEmpty()) {
                // what came before the end
                assertThat(events.socket.isClosed()).isFalse();
            }
            assertThat(waiting.get().statusCode()).isEqualTo(503);
            assertThat(waiting.get().body()).contains("shutting-down");
            assertThat(get("?since=0").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void headHasTheHeadersOfEither() throws Exception {
        for (String accept : List.of("application/json", "text/event-stream")) {
            HttpRequest head = HttpRequest.newBuilder(request("?since=0").uri())
                    .timeout(SOON)
                    .header("Accept", accept)
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = client.send(head, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue(accept);
            assertThat(answer.headers().firstValue("Vary")).hasValue("Accept");
            boolean stream = accept.equals("text/event-stream");
            assertThat(answer.headers().firstValue("Content-Length").isPresent())
                    .as(accept)
                    .isNotEqualTo(stream);
            if (stream) {
                assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
                assertThat(answer.headers().firstValue("X-Accel-Buffering")).hasValue("no");
            }
        }
    }
}
