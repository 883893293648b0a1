package fish.faults;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import fish.testing.SmallDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody else fills a node's disk to the last byte, and makes room again. No process ends, all reads go on. */
@Timeout(600)
class FullDiskIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(40);
    private static final int DISK_MIB = 160;

    private Programs programs;
    private FishGroup group;
    private final List<SmallDisk> disks = new ArrayList<>();

    @BeforeEach
    @SuppressWarnings("NullAway.Init") // each test starts its own
    void prepare() throws IOException {
        programs = Programs.ofBuild();
        programs.javaOptions("-Xmx160m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        programs.environment("FISH_FREE_DISK", "32MiB");
    }

    @AfterEach
    void stop() {
        if (group != null) {
            group.close();
        }
        disks.forEach(SmallDisk::close);
        programs.close();
    }

    /** @param small whose homes lie on disks that will be filled */
    private void start(int backs, int fronts, String... small) {
        group = FishGroup.onLoopback(programs, backs, fronts);
        group.nodes().forEach(node -> programs.setup(node.name()));
        for (String name : small) {
            disks.add(SmallDisk.under(programs.data().resolve(name), DISK_MIB));
        }
        group.back(0).start().awaitReady(SOON);
        group.nodes().forEach(FishNode::start);
        group.nodes().forEach(node -> node.program().awaitReady(SOON));
        eventually(SOON, () -> put(group.nodes().get(group.nodes().size() - 1), "before", "x"));
        if (group.backs().size() > 1) {
            eventually(SOON, () -> assertThat(at(group.back(0))
                            .put("whole", "x")
                            .param("durability", "sites")
                            .send()
                            .status())
                    .isBetween(200, 201));
        }
    }

    private static HttpProbe at(FishNode node) {
        return HttpProbe.of(node.http(), ANSWER_MAX);
    }

    private static void put(FishNode node, String key, String value) throws IOException {
        HttpAnswer answer = at(node).put(key, value).param("timeout", "15s").send();
        assertThat(answer.isSuccess()).as("%s", answer).isTrue();
    }

    private static void refused(FishNode node) throws IOException {
        HttpAnswer answer = at(node).put("refused", "x").param("timeout", "15s").send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(507);
        assertThat(answer.code()).isEqualTo("disk-full");
        assertThat(answer.outcome()).isEqualTo("not-applied");
    }

    private static void reads(FishNode node, String consistency, String key) throws IOException {
        HttpAnswer answer = at(node).get(key)
                .param("consistency", consistency)
                .param("timeout", "15s")
                .send();
        assertThat(answer.status()).as("%s %s", consistency, answer).isEqualTo(200);
    }

    private void nobodyEnded() {
        assertThat(group.nodes()).allMatch(node -> node.program().isAlive());
    }

    /** A story that passes soon, or fails with what all nodes said. */
    private void soon(fish.testing.Eventually.ThrowingRunnable story) {
        try {
            eventually(SOON, story);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "\n"
                            + group.nodes().stream()
                                    .flatMap(node -> last(node.program().output()).stream()
                                            .map(line -> node.name() + ": " + line))
                                    .collect(Collectors.joining("\n")),
                    e);
        }
    }

    private static List<String> last(List<String> lines) {
        return lines.subList(Math.max(0, lines.size() - 40), lines.size());
    }

    @Test
    void theOnlyMasterServesReadsAndRefusesWritesUntilThereIsRoom() throws IOException {
        start(1, 1, "b0");
        FishNode front = group.front(0);
        disks.get(0).fill(0);
        soon(() -> refused(front));
        // At the last byte a write may have met the end of the disk before the node noticed it.
        soon(() -> reads(front, "strong", "before"));
        soon(() -> {
            for (int i = 0; i < 100; i++) {
                reads(front, "strong", "before");
                reads(group.back(0), "local", "before");
            }
        });
        refused(front);
        disks.get(0).makeRoom();
        soon(() -> put(front, "after", "x"));
        nobodyEnded();
    }

    @Test
    void aMasterThatMeetsTheEndOfItsDiskInTheMiddleOfAWriteComesBackToRead() throws Exception {
        start(1, 1, "b0");
        FishNode front = group.front(0);
        Thread writer = new Thread(() -> {
            HttpProbe probe = at(group.back(0));
            String value = "x".repeat(100_000);
            for (int i = 0; i < 2_000; i++) {
                try {
                    if (probe.put("k" + i % 7, value).send().status() == 507) {
                        return;
                    }
                } catch (IOException e) {
                    return;
                }
            }
        });
        writer.start();
        disks.get(0).fill(0);
        writer.join();
        soon(() -> refused(front));
        soon(() -> reads(front, "strong", "before"));
        soon(() -> reads(group.back(0), "local", "before"));
        disks.get(0).makeRoom();
        soon(() -> put(front, "after", "x"));
        nobodyEnded();
    }

    @Test
    void aMasterHandsOverToOneThatHasRoomAndFollowsAgainOnceItHasSome() throws IOException {
        start(3, 1, "b0");
        FishNode front = group.front(0);
        disks.get(0).fill(0);
        soon(() -> {
            put(front, "meanwhile", "x");
            assertThat(group.back(0).isMaster()).isFalse();
        });
        soon(() -> reads(front, "strong", "meanwhile"));
        soon(() -> reads(group.back(0), "local", "before"));
        disks.get(0).makeRoom();
        soon(() -> reads(group.back(0), "local", "meanwhile"));
        nobodyEnded();
    }

    @Test
    void aFullReplicaServesWhatItHasAndTheOthersGoOn() throws IOException {
        start(3, 1, "b2");
        FishNode front = group.front(0);
        disks.get(0).fill(0);
        for (int i = 0; i < 50; i++) {
            put(front, "while-full-" + i, "y".repeat(10_000));
        }
        soon(() -> reads(group.back(2), "local", "before"));
        soon(() -> assertThat(at(group.back(2))
                        .request("GET", "/health/ready")
                        .param("verbose", "true")
                        .send()
                        .text())
                .contains("disk full, reads only"));
        soon(() -> {
            HttpAnswer answer = at(front)
                    .request("POST", "/cluster/master")
                    .body("{\"node\":\"b2\"}".getBytes(StandardCharsets.UTF_8))
                    .send();
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.text()).contains("b2 has a full disk");
        });
        disks.get(0).makeRoom();
        soon(() -> reads(group.back(2), "local", "while-full-49"));
        nobodyEnded();
    }

    @Test
    void whereAMajorityNeedsFullDisksWritesAreRefusedAndReadsGoOn() throws IOException {
        start(3, 1, "b1", "b2");
        FishNode front = group.front(0);
        for (SmallDisk disk : disks) {
            disk.fill(0);
        }
        soon(() -> refused(front));
        soon(() -> reads(front, "strong", "before"));
        soon(() -> reads(group.back(2), "local", "before"));
        disks.get(1).makeRoom();
        soon(() -> put(front, "after", "x"));
        nobodyEnded();
    }

    @Test
    void aFullFrontEndGoesOnForwarding() throws IOException {
        start(3, 1, "r0");
        FishNode front = group.front(0);
        disks.get(0).fill(0);
        for (int i = 0; i < 50; i++) {
            put(front, "while-full-" + i, "y".repeat(10_000));
        }
        soon(() -> reads(front, "strong", "while-full-49"));
        soon(() -> reads(front, "local", "before"));
        FishNode master = group.master(SOON);
        soon(() -> assertThat(at(master)
                        .request("POST", "/cluster/master")
                        .body("{\"node\":\"%s\"}"
                                .formatted(master == group.back(1) ? "b2" : "b1")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .send()
                        .status())
                .isEqualTo(200));
        soon(() -> put(front, "after-a-change", "x"));
        disks.get(0).makeRoom();
        soon(() -> reads(front, "local", "after-a-change"));
        nobodyEnded();
    }

    @Test
    void maxDiskIsWhatTheDataMayTake() throws IOException {
        programs.environment("FISH_MAX_DISK", "90MiB");
        start(1, 1, "r0");
        FishNode front = group.front(0);
        String value = "z".repeat(1 << 20);
        int written = 0;
        HttpAnswer answer = at(front).put("k", value).send();
        while (answer.isSuccess() && written < 200) {
            written++;
            answer = at(front).put("k" + written, value).send();
        }
        assertThat(answer.status()).as("%s", answer).isEqualTo(507);
        assertThat(answer.code()).isEqualTo("disk-full");
        soon(() -> assertThat(at(front).put("k", "x").send().text()).contains("more than max-disk 90 MiB"));
        assertThat(written).isBetween(70, 110);
        reads(front, "strong", "k1");
    }

    @Test
    void aNodeThatMayOpenTooFewFilesSaysWhatToDo() {
        programs.setup("b0");
        try (Program back = programs.start(
                "b0",
                List.of("prlimit", "--nofile=512:512"),
                "back",
                List.of("--dir", "b0", "--address", "localhost:" + programs.freePort(), "--want-master"))) {
            assertThat(back.awaitExit(SOON)).isEqualTo(2);
            assertThat(String.join("\n", back.output())).contains("may open 512 files", "ulimit -n");
        }
    }

    @Test
    void aNodeThatStartsOnAFullDiskServesReads() throws IOException {
        start(1, 1, "b0");
        FishNode front = group.front(0);
        assertThat(group.back(0).program().terminate(SOON)).isZero();
        disks.get(0).fill(0);
        group.back(0).start().awaitReady(SOON);
        soon(() -> refused(front));
        soon(() -> reads(front, "strong", "before"));
        disks.get(0).makeRoom();
        soon(() -> put(front, "after", "x"));
        nobodyEnded();
    }
}
