package fish.front;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import fish.backup.BackupReader;
import fish.backup.Manifest;
import fish.store.HeldData;
import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.JeLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups, digests and looking through logs, at all nodes of a real group. */
class BackupTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String[] NODES = {"r0", "b0", "b1"};

    @TempDir
    static Path directory;

    private static GroupInJvm group;

    @BeforeAll
    static void start() {
        group = new GroupInJvm(directory, 2, 2);
        group.start();
    }

    @AfterAll
    static void stop() {
        group.close();
    }

    private static long put(String key) throws IOException {
        HttpAnswer answer = group.probe("r0").put(key, "x".repeat(500)).send();
        assertThat(answer.isSuccess()).as("%s", answer).isTrue();
        return answer.revision();
    }

    @Test
    void everyNodesOwnFilesAreAWholeStoreWhileTheGroupWrites() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong acknowledged = new AtomicLong(put("first"));
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; !over.get(); i++) {
                    acknowledged.set(put("k" + i % 100));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        try {
            for (String node : NODES) {
                long before = acknowledged.get();
                // What it had itself when it was asked is there; so it is asked once it has all that was acknowledged.
                assertThat(group.probe(node)
                                .get("first")
                                .param("after", "" + before)
                                .param("timeout", "50s")
                                .send()
                                .status())
                        .isEqualTo(200);
                HttpAnswer answer =
                        group.probe(node).request("GET", "/cluster/backup").send();
                assertThat(answer.status()).as("%s", answer).isEqualTo(200);
                assertThat(answer.header("Content-Type")).isEqualTo("application/x-tar");
                Path files = Files.createDirectory(directory.resolve("copy-of-" + node));
                Manifest manifest = BackupReader.read(
                        new ByteArrayInputStream(answer.body()),
                        (name, bytes) -> Files.newOutputStream(files.resolve(name)));
                HeldData held = HeldData.verified(files);

                assertThat(manifest.revision()).as(node).isGreaterThanOrEqualTo(before);
                assertThat(answer.revision()).isEqualTo(manifest.revision());
                assertThat(held.lastRevision()).as(node).isGreaterThanOrEqualTo(manifest.revision());
                assertThat(manifest.durable()).as(node).isTrue();
                assertThat(manifest.origin().node()).isEqualTo(node);
                assertThat(manifest.origin().type()).isEqualTo(node.equals("r0") ? "secondary" : "electable");
            }
        } finally {
            over.set(true);
            writer.join();
        }
    }

    @Test
    void anIdleGroupsBackupIsDurable() throws Exception {
        put("idle");
        HttpAnswer answer = group.probe("r0").request("GET", "/cluster/backup").send();
        Manifest manifest = BackupReader.verify(new ByteArrayInputStream(answer.body()));
        assertThat(manifest.durable()).isTrue();
    }

    private static JsonNode digest(String node, String parameters) throws IOException {
        HttpAnswer answer = group.probe(node)
                .request("GET", "/cluster/digest?timeout=50s&" + parameters)
                .send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json();
    }

    @Test
    void allNodesHaveOneDigestAtOneRevision() throws Exception {
        long revision = 0;
        for (int i = 0; i < 50; i++) {
            revision = put("digest/" + (10 + i));
        }
        String range = "start=digest/&end=digest0&after=" + revision;
        JsonNode first = digest("b0", range);
        assertThat(first.path("count").asInt()).isEqualTo(50);
        assertThat(first.has("next")).isFalse();
        for (String node : NODES) {
            JsonNode whole = digest(node, range);
            assertThat(whole.path("digest")).as(node).isEqualTo(first.path("digest"));
            assertThat(whole.path("node").asText()).isEqualTo(node);
            assertThat(whole.path("revision").asLong()).isGreaterThanOrEqualTo(revision);

            JsonNode page = digest(node, range + "&limit=20&keys");
            assertThat(page.path("records")).hasSize(20);
            assertThat(page.path("records").get(0).path("key").asText()).isEqualTo("digest/10");
            assertThat(page.path("next").asText()).isEqualTo("digest/30");
        }
        assertThat(digest("b1", "start=digest/&end=digest/11").path("digest"))
                .isNotEqualTo(digest("b1", "start=digest/11&end=digest/12").path("digest"));

        HttpAnswer late = group.probe("r0")
                .request("GET", "/cluster/digest?timeout=50ms&after=" + (revision + (1L << 40)))
                .send();
        assertThat(late.code()).as("%s", late).isEqualTo("lagging");
        assertThat(group.probe("r0")
                        .request("GET", "/cluster/digest?limit=1001&keys")
                        .send()
                        .code())
                .isEqualTo("bad-parameter");
    }

    /** What no checksum shows, as of memory that was bad when the log was written; and what one does. */
    @Test
    void aDifferenceShowsInTheDigestAndADamagedByteInTheLog() throws Exception {
        put("planted/0");
        long revision = group.probe("r1")
                .put("planted/1", "here is " + "some value ".repeat(50))
                .send()
                .revision();
        put("planted/2");
        for (String node : List.of("b0", "b1", "r1")) {
            JsonNode sound = verify(node);
            assertThat(sound.path("damaged")).as(node).isEmpty();
            assertThat(sound.path("bytes").asLong()).as(node).isPositive();
        }
        String range = "start=planted/&end=planted0&keys&after=" + revision;
        JsonNode good = digest("b0", range);
        assertThat(digest("r1", range).path("records")).isEqualTo(good.path("records"));

        group.stop("r1");
        Path data = directory.resolve("r1/data");
        JeLog.replace(data, "here is some", "here is same");
        group.start("r1");
        JsonNode other = digest("r1", range);
        assertThat(other.path("digest")).isNotEqualTo(good.path("digest"));
        assertThat(other.path("records").get(0)).isEqualTo(good.path("records").get(0));
        assertThat(other.path("records").get(1).path("key").asText()).isEqualTo("planted/1");
        assertThat(other.path("records").get(1).path("revision"))
                .isEqualTo(good.path("records").get(1).path("revision"));
        assertThat(other.path("records").get(1))
                .isNotEqualTo(good.path("records").get(1));
        assertThat(other.path("records").get(2)).isEqualTo(good.path("records").get(2));
        assertThat(verify("r1").path("damaged")).isEmpty();

        Path log = JeLog.flip(data, "here is same");
        JsonNode damaged = verify("r1");
        assertThat(damaged.path("damaged")).hasSize(1);
        assertThat(damaged.path("damaged").get(0).path("file").asText())
                .isEqualTo(log.getFileName().toString());
        Eventually.eventually(SOON, () -> assertThat(group.log()).anyMatch(line -> line.contains("event=log-damaged")));
        assertThat(group.probe("r1").isOk("/health/live")).isTrue();

        HttpAnswer backup = group.probe("r1").request("GET", "/cluster/backup").send();
        assertThat(backup.status()).as("%s", backup).isEqualTo(500);
        assertThat(backup.text()).contains(String.valueOf(log.getFileName()));
        assertThat(group.log()).anyMatch(line -> line.contains("event=backup-failed"));
    }

    private static JsonNode verify(String node) throws IOException {
        HttpAnswer answer =
                group.probe(node).request("GET", "/cluster/verify?timeout=50s").send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json();
    }
}
