package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
}
