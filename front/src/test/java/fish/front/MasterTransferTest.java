package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /cluster/master}, through a front-end and at the nodes themselves. */
class MasterTransferTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path homes;

    private static HttpAnswer ask(GroupInJvm group, String at, String body) throws Exception {
        return group.probe(at)
                .request("POST", "/cluster/master")
                .param("timeout", "30s")
                .body(body.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    @Test
    void theNodeThatIsNamedIsMasterWhenItIsAnswered() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 1)) {
            group.start();
            String before = group.master(SOON);
            String next = before.equals("b1") ? "b2" : "b1";
            assertThat(group.probe("r0").put("a", "1").send().isSuccess()).isTrue();
            eventually(SOON, () -> assertThat(
                            group.probe("r0").request("GET", "/cluster").send().text())
                    .contains("\"b0\"", "\"b1\"", "\"b2\""));

            HttpAnswer answer = ask(group, "r0", "{\"node\":\"" + next + "\"}");
            assertThat(answer.text()).isEqualTo("{\"master\":\"" + next + "\"}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(group.master(SOON)).isEqualTo(next);
            assertThat(group.probe("r0").put("a", "2").send().isSuccess()).isTrue();
            assertThat(ask(group, "r0", "{\"node\":\"" + next + "\"}").status()).isEqualTo(200);

            assertThat(ask(group, "r0", "{\"node\":\"none\"}").status()).isEqualTo(404);
            assertThat(ask(group, "r0", "{\"node\":1}").code()).isEqualTo("bad-json");
            assertThat(ask(group, before, "{\"node\":\"" + before + "\"}").status())
                    .isEqualTo(421);
        }
    }

    @Test
    void whoIsNotConnectedIsRefusedAtOnceAndTheMasterStays() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 1)) {
            group.start();
            String master = group.master(SOON);
            String down = master.equals("b1") ? "b2" : "b1";
            eventually(SOON, () -> assertThat(
                            group.probe("r0").request("GET", "/cluster").send().text())
                    .contains("\"b0\"", "\"b1\"", "\"b2\""));
            group.stop(down);
            eventually(SOON, () -> assertThat(
                            ask(group, master, "{\"node\":\"" + down + "\"}").text())
                    .contains("not connected"));

            long began = System.nanoTime();
            HttpAnswer answer = ask(group, "r0", "{\"node\":\"" + down + "\"}");
            assertThat(answer.status()).isEqualTo(409);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
            assertThat(answer.code()).isEqualTo("conflict");
            assertThat(group.log())
                    .filteredOn(line -> line.contains("took-office"))
                    .hasSize(1);

            refusesMadeUpReports(group, master, down);
            group.start(down);
            assertThat(ask(group, "r0", "{\"node\":\"" + down + "\"}").status()).isIn(200, 409);
            assertThat(group.probe("r0")
                            .put("a", "3")
                            .param("timeout", "50s")
                            .send()
                            .isSuccess())
                    .isTrue();
            assertThat(group.failures()).isEmpty();
        }
    }

    private static void refusesMadeUpReports(GroupInJvm group, String master, String down) throws Exception {
        for (String name : new String[] {"evil", down, master, "r0"}) {
            String report = ("{\"group\":\"fish\",\"name\":\"%s\",\"type\":\"electable\",\"state\":\"replica\","
                            + "\"address\":\"localhost:1\",\"http\":\"http://localhost:1\",\"priority\":1}")
                    .formatted(name);
            assertThat(tell(group, master, report).status()).as(name).isEqualTo(403);
            assertThat(tell(group, master, report.replace("localhost:1", "x")).status())
                    .as(name)
                    .isEqualTo(400);
            assertThat(tell(group, master, " ".repeat(20_000) + report).status())
                    .isEqualTo(413);
        }
        assertThat(group.probe("r0").request("GET", "/cluster").send().text()).doesNotContain("evil", "localhost:1\"");
    }

    private static HttpAnswer tell(GroupInJvm group, String at, String report) throws Exception {
        return group.probe(at)
                .request("POST", "/node")
                .body(report.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    @Test
    void aMasterThatHasNotHeardFromAFullOneYetAsksIt() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 0)) {
            group.option("b2", "max-disk", "32MiB");
            group.start();
            String value = "x".repeat(1 << 20);
            String first = group.master(SOON);
            for (int i = 0; i < 38; i++) {
                assertThat(group.probe(first).put("k" + i, value).send().isSuccess())
                        .isTrue();
            }
            eventually(SOON, () -> assertThat(group.log()).anyMatch(line -> line.contains("event=disk-full node=b2")));
            String master = first;
            for (int i = 0; i < 6; i++) {
                String at = master;
                String next = at.equals("b0") ? "b1" : "b0";
                eventually(SOON, () -> assertThat(
                                ask(group, at, "{\"node\":\"" + next + "\"}").status())
                        .isIn(200, 421));
                // Until it has connected to the new master it is refused for that.
                List<Integer> statuses = new ArrayList<>();
                eventually(SOON, () -> {
                    HttpAnswer answer = ask(group, group.master(SOON), "{\"node\":\"b2\"}");
                    statuses.add(answer.status());
                    assertThat(answer.text()).contains("b2 has a full disk");
                });
                assertThat(statuses).containsOnly(409);
                master = group.master(SOON);
            }
        }
    }

    @Test
    void nobodyHandsOverToNodesThatStopAtTheSameTime() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 0)) {
            group.start();
            group.master(SOON);
            eventually(SOON, () -> assertThat(
                            group.probe("b0").request("GET", "/cluster").send().text())
                    .contains("\"b0\"", "\"b1\"", "\"b2\""));
            CountDownLatch now = new CountDownLatch(1);
            List<Thread> stopping = Stream.of("b0", "b1", "b2")
                    .map(name -> new Thread(() -> stop(group, name, now), "stop-" + name))
                    .toList();
            stopping.forEach(Thread::start);
            now.countDown();
            for (Thread thread : stopping) {
                thread.join(SOON.toMillis());
            }

            assertThat(group.log())
                    .filteredOn(line -> line.contains("handed-over"))
                    .singleElement()
                    .asString()
                    .contains("event=not-handed-over", "no node that could take over");
            assertThat(group.log())
                    .filteredOn(line -> line.contains("took-office"))
                    .hasSize(1);
        }
    }

    private static void stop(GroupInJvm group, String name, CountDownLatch now) {
        try {
            now.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        group.stop(name);
    }
}
