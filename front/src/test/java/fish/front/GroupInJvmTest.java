package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stories of one group that lives through all of them. */
class GroupInJvmTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<String> BACKS = List.of("b0", "b1", "b2");

    @TempDir
    static Path directory;

    private static GroupInJvm group;

    @BeforeAll
    static void start() {
        group = new GroupInJvm(directory, 3, 2);
        group.start();
    }

    @AfterAll
    static void stop() {
        group.close();
    }

    @AfterEach
    void nobodyGaveUpAndNoTermHadTwoMasters() {
        assertThat(group.failures()).isEmpty();
        Map<String, String> masterOf = new HashMap<>();
        Pattern masterRecord = Pattern.compile("event=took-office node=(\\S+) term=(\\d+)");
        for (String line : group.log()) {
            Matcher taken = masterRecord.matcher(line);
            if (taken.find()) {
                assertThat(masterOf.put(taken.group(2), taken.group(1)))
                        .as(line)
                        .isNull();
            }
        }
        assertThat(masterOf).isNotEmpty();
    }

    private static long put(String through, String key, String value) throws IOException {
        HttpAnswer answer =
                group.probe(through).put(key, value).param("timeout", "50s").send();
        assertThat(answer.isSuccess()).as("%s", answer).isTrue();
        return answer.revision();
    }

    private static HttpAnswer after(String node, String key, long revision) throws IOException {
        return group.probe(node)
                .get(key)
                .param("after", "" + revision)
                .param("timeout", "50s")
                .send();
    }

    /** Without that it could not be filled from them, should its own data be of no use one day. */
    @Test
    void aMasterThatStaysOneRemembersWhoJoins(@TempDir Path homes) throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 2, 0)) {
            group.start();
            Path home = homes.resolve("b0/home.properties");
            eventually(SOON, () -> assertThat(home).content().contains("" + group.port("b1")));
        }
    }

    @Test
    void whatOneFrontEndWroteTheOtherReads() throws IOException {
        long revision = put("r0", "hello", "world");

        HttpAnswer strong = group.probe("r1").get("hello").send();
        assertThat(strong.text()).isEqualTo("world");
        assertThat(strong.header("Fish-Consistency")).isEqualTo("strong");

        HttpAnswer local = after("r1", "hello", revision);
        assertThat(local.text()).isEqualTo("world");
        assertThat(local.header("Fish-Consistency")).isEqualTo("local");
        assertThat(local.header("Fish-Node")).isEqualTo("r1");
    }

    @Test
    void everyNodeKnowsHowOldItsReplicaIs() throws IOException {
        long revision = put("r0", "young", "1");
        for (String node : List.of("r0", "r1", "b0", "b1", "b2")) {
            HttpAnswer young = group.probe(node)
                    .get("young")
                    .param("after", "" + revision)
                    .param("max-lag", "2s")
                    .param("timeout", "50s")
                    .send();
            assertThat(young.status()).as("%s: %s", node, young).isEqualTo(200);
            assertThat(young.header("Fish-Node")).isEqualTo(node);
            assertThat(Double.parseDouble(young.header("Fish-Lag"))).isBetween(0.0, 2.0);
        }
    }

    @Test
    void aRevisionThatNeverComesIsLagging() throws IOException {
        HttpAnswer lagging = group.probe("r0")
                .get("hello")
                .param("after", "" + (1L << 50))
                .param("timeout", "200ms")
                .send();
        assertThat(lagging.status()).isEqualTo(504);
        assertThat(lagging.code()).isEqualTo("lagging");
    }

    @Test
    void aMasterThatStopsHandsOverAndTheGroupGoesOn() throws IOException {
        String before = group.master(SOON);
        group.stop(before);
        try {
            put("r0", "handed", "over");
            assertThat(group.probe("r1")
                            .get("handed")
                            .param("timeout", "50s")
                            .send()
                            .text())
                    .isEqualTo("over");
            assertThat(group.master(SOON)).isNotEqualTo(before);
            assertThat(group.log()).anyMatch(line -> line.contains("event=handed-over node=" + before));
        } finally {
            group.start(before);
        }
        put("r1", "handed", "again");
    }

    @Test
    void aFrontEndWhoseHomeIsGoneComesBackWithEverything() throws Exception {
        long revision = put("r1", "kept", "by the back-ends");
        group.wipe("r0");
        group.start("r0");
        assertThat(after("r0", "kept", revision).text()).isEqualTo("by the back-ends");
        eventually(
                SOON, () -> assertThat(group.probe("r0").isOk("/health/ready")).isTrue());
    }

    @Test
    void aBackEndThatWasAwayCatchesUp() throws IOException {
        String master = group.master(SOON);
        String away =
                BACKS.stream().filter(name -> !name.equals(master)).findFirst().orElseThrow();
        group.stop(away);
        long last = 0;
        try {
            for (int i = 0; i < 300; i++) {
                last = put("r0", "many/" + i, "v" + i);
            }
        } finally {
            group.start(away);
        }
        assertThat(after(away, "many/299", last).text()).isEqualTo("v299");
        HttpAnswer page = group.probe(away)
                .list()
                .param("prefix", "many/")
                .param("limit", "1000")
                .param("consistency", "local")
                .send();
        assertThat(page.json().path("records")).hasSize(300);
        assertThat(page.json().path("revision").asLong()).isGreaterThanOrEqualTo(last);
    }

    @Test
    void withoutBackEndsAFrontEndServesWhatItHas() throws IOException {
        long revision = put("r0", "alone", "still here");
        assertThat(after("r0", "alone", revision).status()).isEqualTo(200);
        BACKS.forEach(group::stop);
        try {
            HttpAnswer local =
                    group.probe("r0").get("alone").param("consistency", "local").send();
            assertThat(local.text()).isEqualTo("still here");
            eventually(SOON, () -> assertThat(group.probe("r0")
                            .get("alone")
                            .param("consistency", "local")
                            .send()
                            .header("Fish-Lag"))
                    .isEqualTo("unknown"));
            assertThat(group.probe("r0").isOk("/health/ready")).isFalse();
            HttpAnswer page = group.probe("r0")
                    .list()
                    .param("prefix", "alone")
                    .param("consistency", "local")
                    .send();
            assertThat(page.json().path("records")).hasSize(1);
            HttpAnswer write = group.probe("r0")
                    .put("alone", "x")
                    .param("timeout", "300ms")
                    .send();
            assertThat(write.status()).isEqualTo(503);
            assertThat(write.outcome()).isEqualTo("not-applied");
        } finally {
            group.start("b0", "b1", "b2");
        }
        put("r0", "alone", "no more");
    }
}
