package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.HttpRequestBuilder;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What earlier programs left on disk opens and serves. Only what stays true however old it gets is
 * asked for: records end by their TTL, and the history and the answers to idempotency keys are kept for
 * a day at least, but no more than two.
 */
@Timeout(600)
class OldHomesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration KEPT = Duration.ofHours(24);

    static Stream<Path> directories() throws IOException, URISyntaxException {
        URL homes = Objects.requireNonNull(OldHomesIT.class.getResource("/homes"));
        try (Stream<Path> files = Files.walk(Path.of(homes.toURI()))) {
            List<Path> found = files.filter(file -> file.endsWith(OldHomes.EXPECTED))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            return found.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("directories")
    void theyOpenAndServeAndGoOn(Path directory) throws IOException {
        OldHomes old = OldHomes.read(directory);
        try (Programs programs = Programs.ofBuild()) {
            OldHomes.unpack(directory, programs.data());
            OldHomes.awaitPorts(old.nodes());
            Map<OldHomes.Node, Program> running = start(programs, old.nodes());
            List<HttpProbe> probes = new ArrayList<>();
            running.values().forEach(program -> probes.add(probe(program)));
            HttpProbe front = probes.get(probes.size() - 1);

            assertRecords(old, front, probes);
            for (HttpProbe node : probes) {
                eventually(SOON, () -> assertHistory(old, node));
            }
            assertGoesOn(old, front, probes);
            assertAnsweredOnce(old, front);

            running.values().forEach(OldHomesIT::assertKeptItsData);
            for (OldHomes.Node node : reversed(old.nodes())) {
                Program program = Objects.requireNonNull(running.get(node));
                assertThat(program.terminate(SharedGroup.START_MAX)).isZero();
            }
        }
    }

    /** Told nothing but where they are: they have been in their group. Back-ends come first. */
    private static Map<OldHomes.Node, Program> start(Programs programs, List<OldHomes.Node> nodes) {
        Map<OldHomes.Node, Program> running = new LinkedHashMap<>();
        nodes.forEach(node -> running.put(node, node.start(programs)));
        running.values().forEach(program -> program.awaitReady(SharedGroup.START_MAX));
        return running;
    }

    private static HttpProbe probe(Program program) {
        URI url = program.awaitReady(SharedGroup.START_MAX);
        return HttpProbe.of(url, SharedGroup.REQUEST_MAX);
    }

    private static void assertRecords(OldHomes old, HttpProbe front, List<HttpProbe> probes) throws IOException {
        eventually(SOON, () -> {
            TreeSet<String> keys = new TreeSet<>();
            living(old).forEach(record -> keys.add(record.key()));
            assertThat(keys(front)).containsExactlyElementsOf(keys);
        });
        for (OldHomes.Stored record : living(old)) {
            assertStored(record, front.get(record.key()).send());
            for (HttpProbe node : probes) {
                assertStored(
                        record,
                        node.get(record.key())
                                .param("after", "" + old.revision())
                                .send());
            }
        }
        for (String key : old.absent()) {
            assertThat(front.get(key).send().status()).as(key).isEqualTo(404);
        }
    }

    private static List<OldHomes.Stored> living(OldHomes old) {
        Instant now = Instant.now();
        return old.records().stream().filter(record -> !record.hasEnded(now)).toList();
    }

    private static Set<String> keys(HttpProbe front) throws IOException {
        HttpAnswer page =
                front.list().param("limit", "1000").param("keys", "true").send();
        assertThat(page.status()).as(page.toString()).isEqualTo(200);
        assertThat(page.json().has("next")).isFalse();
        TreeSet<String> keys = new TreeSet<>();
        page.json()
                .path("records")
                .forEach(record -> keys.add(record.path("key").asText()));
        return keys;
    }

    private static void assertStored(OldHomes.Stored record, HttpAnswer answer) {
        if (record.hasEnded(Instant.now())) {
            return; // since it was listed
        }
        assertThat(answer.status()).as(record.key()).isEqualTo(200);
        assertThat(answer.body()).as(record.key()).isEqualTo(record.value());
        assertThat(answer.header("Content-Type")).as(record.key()).isEqualTo(record.contentType());
        assertThat(answer.header("Content-Encoding")).as(record.key()).isEqualTo(record.contentEncoding());
        assertThat(answer.revision()).as(record.key()).isEqualTo(record.revision());
        assertThat(answer.header("Fish-Created")).as(record.key()).isEqualTo("" + record.created());
        assertThat(answer.header("Fish-Expires")).as(record.key()).isEqualTo(record.expires());
    }

    /** All of it from the oldest revision that is kept. */
    private static void assertHistory(OldHomes old, HttpProbe node) throws IOException {
        long since = 0;
        HttpAnswer page = changes(node, since);
        if (page.status() == 410) {
            assertThat(old.isYoungerThan(KEPT)).as(page.toString()).isFalse();
            since = page.json().path("oldest").asLong();
            page = changes(node, since);
        }
        List<OldHomes.Told> told = new ArrayList<>();
        long oldest = since;
        while (since < old.revision()) {
            assertThat(page.status()).as(page.toString()).isEqualTo(200);
            long reached = page.json().path("revision").asLong();
            assertThat(reached).isGreaterThan(since);
            page.json().path("commits").forEach(commit -> told.add(told(commit)));
            since = reached;
            page = changes(node, since);
        }
        told.removeIf(commit -> commit.revision() > old.revision());
        assertThat(told)
                .containsExactlyElementsOf(old.commits().stream()
                        .filter(commit -> commit.revision() > oldest)
                        .toList());
    }

    private static HttpAnswer changes(HttpProbe node, long since) throws IOException {
        return node.request("GET", "/changes").param("since", "" + since).send();
    }

    private static OldHomes.Told told(JsonNode commit) {
        List<String> puts = new ArrayList<>();
        List<String> deletes = new ArrayList<>();
        for (JsonNode change : commit.path("changes")) {
            (change.has("put") ? puts : deletes).add(change.findPath("key").asText());
        }
        return new OldHomes.Told(commit.path("revision").asLong(), puts, deletes);
    }

    /** New writes, some of them over what is there; everywhere, and told to watchers. */
    private static void assertGoesOn(OldHomes old, HttpProbe front, List<HttpProbe> probes) throws IOException {
        List<OldHomes.Stored> lasting = old.records().stream()
                .filter(record -> record.expires().isEmpty())
                .toList();
        OldHomes.Stored replaced = lasting.get(0);
        OldHomes.Stored deleted = lasting.get(1);
        HttpAnswer created = succeeded(front.put("new/record", "new"), 201);
        HttpAnswer over = succeeded(front.put(replaced.key(), "newer").ifMatch(replaced.revision()), 200);
        HttpAnswer gone = succeeded(front.delete(deleted.key()).ifMatch(deleted.revision()), 200);
        HttpAnswer txn = succeeded(
                front.txn("{\"if\":[{\"key\":\"new/record\",\"revision\":" + created.revision()
                        + "}],\"then\":[{\"put\":{\"key\":\"new/txn\",\"text\":\"newest\"}}]}"),
                200);
        assertThat(txn.json().path("branch").asText()).isEqualTo("then");
        assertThat(over.json().path("created").asLong()).isEqualTo(replaced.created());
        List<Long> revisions = Stream.of(created, over, gone, txn)
                .map(answer -> answer.json().path("revision").asLong())
                .toList();
        assertThat(revisions).doesNotHaveDuplicates().isSorted();
        assertThat(revisions.get(0)).isGreaterThan(old.revision());

        String last = "" + revisions.get(3);
        for (HttpProbe node : probes) {
            assertThat(node.get("new/txn").param("after", last).send().text()).isEqualTo("newest");
            assertThat(node.get(replaced.key()).param("after", last).send().text())
                    .isEqualTo("newer");
            assertThat(node.get(deleted.key()).param("after", last).send().status())
                    .isEqualTo(404);
            eventually(SOON, () -> {
                List<OldHomes.Told> told = new ArrayList<>();
                changes(node, revisions.get(0)).json().path("commits").forEach(commit -> told.add(told(commit)));
                assertThat(told)
                        .containsSubsequence(
                                new OldHomes.Told(revisions.get(1), List.of(replaced.key()), List.of()),
                                new OldHomes.Told(revisions.get(2), List.of(), List.of(deleted.key())),
                                new OldHomes.Told(revisions.get(3), List.of("new/txn"), List.of()));
            });
        }
    }

    private static HttpAnswer succeeded(HttpRequestBuilder write, int status) throws IOException {
        HttpAnswer answer = write.send();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        return answer;
    }

    /** Each request again: its first answer while that is kept, and else a new one. */
    private static void assertAnsweredOnce(OldHomes old, HttpProbe front) throws IOException {
        for (OldHomes.Done done : old.requests()) {
            HttpRequestBuilder again = front.request(done.method(), done.path())
                    .header("Idempotency-Key", done.idempotencyKey())
                    .body(done.body().getBytes(StandardCharsets.UTF_8));
            if (!done.contentType().isEmpty()) {
                again.header("Content-Type", done.contentType());
            }
            boolean kept = old.isYoungerThan(KEPT);
            HttpAnswer answer = again.send();
            if (kept || !answer.header("Idempotency-Replayed").isEmpty()) {
                assertThat(answer.header("Idempotency-Replayed"))
                        .as(answer.toString())
                        .isEqualTo("true");
                assertThat(answer.status()).as(answer.toString()).isEqualTo(done.status());
                assertThat(answer.json().path("revision").asLong()).isEqualTo(done.revision());
            } else if (answer.isSuccess()) {
                assertThat(answer.json().path("revision").asLong()).isGreaterThan(old.revision());
            } else {
                assertThat(answer.status()).as(answer.toString()).isEqualTo(404); // a delete
            }
        }
    }

    /** A front-end may fetch everything anew; with homes that are in order it must not have to. */
    private static void assertKeptItsData(Program program) {
        assertThat(program.output())
                .noneMatch(line -> line.contains("event=beginning-anew") || line.contains("event=restored"));
    }

    private static List<OldHomes.Node> reversed(List<OldHomes.Node> nodes) {
        List<OldHomes.Node> reversed = new ArrayList<>(nodes);
        Collections.reverse(reversed);
        return reversed;
    }
}
