package fish.system;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Back-ends that are taken out of a group, and a group that has lost its majority for good; as an operator would. */
class MembersIT {
    private static final Duration END_MAX = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofSeconds(15);

    private final Map<String, String> addresses = new HashMap<>();
    private Programs programs;

    @BeforeEach
    void build() throws IOException {
        programs = Programs.ofBuild();
    }

    @AfterEach
    void close() {
        programs.close();
    }

    private String address(String name) {
        return addresses.computeIfAbsent(name, unused -> "localhost:" + programs.freePort());
    }

    private Program back(String name, String... more) {
        String[] line = Stream.concat(
                        Stream.of("--dir", name, "--address", address(name), "--port", "0"), Stream.of(more))
                .toArray(String[]::new);
        return programs.back(line);
    }

    private static HttpProbe ready(Program program) {
        return HttpProbe.of(program.awaitReady(SharedGroup.START_MAX), PROBE);
    }

    private static long put(HttpProbe at, String key, String value) throws Exception {
        HttpAnswer answer = at.put(key, value).send();
        assertThat(answer.isSuccess()).as(answer.text()).isTrue();
        return Long.parseLong(answer.text().replaceAll(".*\"revision\":(\\d+).*", "$1"));
    }

    @Test
    void aNodeThatIsRemovedEndsAndANewHomeOfItsNameJoins() throws Exception {
        programs.setup("b0");
        HttpProbe b0 = ready(back("b0", "--want-master"));
        programs.setup("b1");
        Program b1 = back("b1", "--buddy", address("b0"));
        ready(b1);
        assertThat(b0.request("DELETE", "/cluster/nodes/b1").send().text()).contains("\"removed\":true");
        assertThat(b1.awaitExit(END_MAX)).isEqualTo(1);
        assertThat(b1.output())
                .anyMatch(
                        line -> line.contains("was removed from the group") && line.contains("bin/setup NAME --force"));
        put(b0, "a", "1");

        Program old = back("b1");
        assertThat(old.awaitExit(END_MAX)).isEqualTo(1);
        assertThat(old.output())
                .anyMatch(line -> line.contains("was removed from the group"))
                .noneMatch(line -> line.contains("Stacktrace"));
        put(b0, "a", "2");

        programs.setup("b1", "--force");
        HttpProbe again = ready(back("b1", "--buddy", address("b0")));
        Eventually.eventually(SOON, () -> assertThat(
                        again.get("a").param("consistency", "local").send().text())
                .isEqualTo("2"));
    }

    @Test
    void aGroupIsFoundedAnewFromWhatOneHomeHolds() throws Exception {
        programs.setup("b0");
        Program b0 = back("b0", "--want-master");
        HttpProbe master = ready(b0);
        programs.setup("b1");
        Program b1 = back("b1", "--buddy", address("b0"));
        ready(b1);
        programs.setup("b2");
        Program b2 = back("b2", "--buddy", address("b0"));
        HttpProbe kept = ready(b2);
        long first = put(master, "k0", "v0");
        long last = first;
        for (int i = 1; i < 20; i++) {
            last = put(master, "k" + i, "v" + i);
        }
        // The other two are a majority without it.
        assertThat(kept.get("k19").param("after", "" + last).send().status()).isEqualTo(200);
        b0.kill9();
        b1.kill9();
        assertThat(b2.terminate(END_MAX)).isZero();

        Map<Path, String> before = contents("b2");
        programs.setup("c0", "--restore", "b2");
        assertThat(contents("b2")).isEqualTo(before);

        Program founder = back("c0");
        HttpProbe c0 = ready(founder);
        founder.awaitLine(SOON, line -> line.contains("founded-anew"));
        for (int i = 0; i < 20; i++) {
            assertThat(c0.get("k" + i).send().text()).isEqualTo("v" + i);
        }
        assertThat(put(c0, "k0", "new")).isGreaterThan(1L << 40);
        assertThat(c0.request("GET", "/changes")
                        .param("since", "" + (first - 1))
                        .send()
                        .text())
                .contains("k1", "k19");
        assertThat(c0.request("GET", "/changes")
                        .param("since", "" + (first + (1 << 20)))
                        .send()
                        .status())
                .isEqualTo(410);

        // What comes back of the old group finds no way in, and takes nothing from the new one.
        Program old = back("b2", "--buddy", address("c0"));
        assertThat(old.awaitExit(END_MAX)).isEqualTo(1);
        assertThat(old.output()).anyMatch(line -> line.contains("is of another group"));
        put(c0, "k1", "still writes");
        programs.setup("b2", "--force");
        HttpProbe joined = ready(back("b2", "--buddy", address("c0")));
        Eventually.eventually(SOON, () -> assertThat(
                        joined.get("k1").param("consistency", "local").send().text())
                .isEqualTo("still writes"));
        assertThat(founder.isAlive()).isTrue();
    }

    private Map<Path, String> contents(String name) throws IOException {
        Map<Path, String> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(programs.data().resolve(name))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        file,
                        Files.getLastModifiedTime(file) + " " + java.util.Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
