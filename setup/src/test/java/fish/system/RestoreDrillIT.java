package fish.system;

import static org.assertj.core.api.Assertions.assertThat;

import fish.backup.BackupReader;
import fish.backup.Manifest;
import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.JeLog;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A backup is taken from a front-end under load, everything is lost, and a group is founded from the file. */
@Timeout(600)
class RestoreDrillIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofSeconds(15);
    private static final Duration FISH_MAX = Duration.ofSeconds(90);
    private static final int WRITERS = 4;

    private final Map<String, String> addresses = new HashMap<>();
    /** Of each key the revision of its only write that was acknowledged. */
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    private final AtomicLong greatest = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private Programs programs;

    @BeforeEach
    void build() throws IOException {
        programs = Programs.ofBuild();
    }

    @AfterEach
    void close() {
        over.set(true);
        programs.close();
    }

    private String address(String name) {
        return addresses.computeIfAbsent(name, unused -> "localhost:" + programs.freePort());
    }

    private Program start(String role, String name, String... more) {
        String[] line = Stream.concat(
                        Stream.of("--dir", name, "--address", address(name), "--port", "0"), Stream.of(more))
                .toArray(String[]::new);
        return role.equals("back") ? programs.back(line) : programs.front(line);
    }

    private static HttpProbe ready(Program program) {
        return HttpProbe.of(program.awaitReady(SharedGroup.START_MAX), PROBE);
    }

    private static HttpAnswer changes(HttpProbe at, long since) throws IOException {
        return at.request("GET", "/changes").param("since", "" + since).send();
    }

    @Test
    void whatWasAcknowledgedBeforeItsRevisionIsBackAndNoRevisionIsGivenAgain() throws Exception {
        programs.setup("b0");
        Program b0 = start("back", "b0", "--want-master");
        ready(b0);
        programs.setup("b1");
        Program b1 = start("back", "b1", "--buddy", address("b0"));
        ready(b1);
        programs.setup("r0");
        Program r0 = start("front", "r0", "--buddy", address("b0"));
        HttpProbe front = ready(r0);
        Eventually.eventually(
                SOON, () -> assertThat(front.isOk("/health/ready")).isTrue());
        List<Thread> writers = Stream.iterate(0, i -> i + 1)
                .limit(WRITERS)
                .map(i -> new Thread(() -> write(front, "w" + i), "writer-" + i))
                .toList();
        writers.forEach(Thread::start);
        Eventually.eventually(SOON, () -> assertThat(acknowledged).hasSizeGreaterThan(200));

        Path file = programs.data().resolve("backup.tar");
        assertThat(fish(front, 0, "check")).anyMatch(line -> line.contains("all nodes hold the same"));
        fish(front, 0, "backup", file.toString());
        int taken = acknowledged.size();
        Eventually.eventually(SOON, () -> assertThat(acknowledged).hasSizeGreaterThan(taken + 100));
        over.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        List.of(r0, b1, b0).forEach(Program::kill9);

        byte[] backup = Files.readAllBytes(file);
        Manifest manifest = BackupReader.verify(new ByteArrayInputStream(backup));
        assertThat(manifest.durable()).isTrue();
        refused(file, backup);

        programs.setup("c0", "--restore", file.toString());
        HttpProbe c0 = ready(start("back", "c0"));
        allIsBack(c0, manifest);
        goesOnBeyond(c0, manifest);

        // The front-end whose files it came from is of the old group, and joins with a new home.
        Program old = start("front", "r0", "--buddy", address("c0"));
        assertThat(old.awaitExit(SOON)).isEqualTo(1);
        programs.setup("r0", "--force");
        Program joined = start("front", "r0", "--buddy", address("c0"));
        HttpProbe again = ready(joined);
        Eventually.eventually(SOON, () -> assertThat(
                        again.get("new").param("consistency", "local").send().text())
                .isEqualTo("new"));
        aDifferenceIsFound(c0, joined, again);
    }

    /** One that no checksum shows, in the files of a node that is stopped. */
    private void aDifferenceIsFound(HttpProbe c0, Program front, HttpProbe r0) throws IOException {
        String value = "here is " + "some value ".repeat(50);
        String put = Long.toString(c0.put("planted", value).send().revision());
        Eventually.eventually(SOON, () -> assertThat(fish(c0, 0, "check"))
                .anyMatch(line -> line.contains("all nodes hold the same")));
        assertThat(r0.get("planted").param("after", put).send().text()).isEqualTo(value);
        assertThat(front.terminate(SOON)).isZero();
        JeLog.replace(programs.data().resolve("r0/data"), "here is some", "here is same");
        HttpProbe other = ready(start("front", "r0"));
        assertThat(other.get("planted").param("consistency", "local").send().text())
                .startsWith("here is same");

        Eventually.eventually(SOON, () -> {
            List<String> differs = fish(c0, 1, "check").stream()
                    .filter(line -> line.contains("differs: "))
                    .toList();
            assertThat(differs).hasSize(1);
            assertThat(differs.get(0)).contains("planted", "c0: revision " + put, "r0: revision " + put);
        });
    }

    private List<String> fish(HttpProbe at, int exit, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--at", at.base().toString()));
        try (Program fish = programs.start("fish", List.of(), "fish", line)) {
            assertThat(fish.awaitExit(FISH_MAX)).as("%s", fish.output()).isEqualTo(exit);
            return fish.output();
        }
    }

    private void allIsBack(HttpProbe c0, Manifest manifest) throws IOException {
        int kept = 0;
        for (Map.Entry<String, Long> write : acknowledged.entrySet()) {
            HttpAnswer got = c0.get(write.getKey()).send();
            if (write.getValue() <= manifest.revision()) {
                kept++;
                assertThat(got.text()).as(write.getKey()).isEqualTo("value of " + write.getKey());
            }
            if (got.status() == 200) {
                assertThat(got.revision()).as(write.getKey()).isEqualTo(write.getValue());
            }
        }
        assertThat(kept).isGreaterThan(150);
    }

    private void goesOnBeyond(HttpProbe c0, Manifest manifest) throws IOException {
        HttpAnswer put = c0.put("new", "new").send();
        assertThat(put.isSuccess()).as("%s", put).isTrue();
        assertThat(put.revision()).isGreaterThan(greatest.get()).isGreaterThan(manifest.revision() + (1L << 40));
        // What is durable is told by the commit after it.
        Eventually.eventually(
                SOON,
                () -> assertThat(changes(c0, manifest.revision() - 1).text()).contains("\"new\""));
        // Of what came after the backup nobody can tell any more.
        assertThat(greatest.get()).isGreaterThan(manifest.revision());
        assertThat(changes(c0, greatest.get()).status()).isEqualTo(410);
    }

    /** As a program that is run says it. */
    private void refused(Path file, byte[] good) throws IOException {
        Path bad = file.resolveSibling("bad.tar");
        Files.write(bad, Arrays.copyOf(good, good.length - 1));
        try (Program setup = programs.start("setup", List.of(), "setup", List.of("c0", "--restore", bad.toString()))) {
            assertThat(setup.awaitExit(SOON)).isEqualTo(1);
            assertThat(setup.output()).anyMatch(line -> line.contains("it is cut short"));
        }
        assertThat(programs.data().resolve("c0")).doesNotExist();
    }

    private void write(HttpProbe front, String name) {
        for (int i = 0; !over.get(); i++) {
            String key = name + "/" + i;
            try {
                HttpAnswer answer = front.put(key, "value of " + key).send();
                if (answer.isSuccess()) {
                    acknowledged.put(key, answer.revision());
                    greatest.accumulateAndGet(answer.revision(), Math::max);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
