package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpAnswer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code DELETE /cluster/nodes/NAME}, through a front-end and at the nodes themselves. */
class NodeRemovalTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path homes;

    private static HttpAnswer remove(GroupInJvm group, String at, String node) throws Exception {
        return group.probe(at).request("DELETE", "/cluster/nodes/" + node).send();
    }

    @Test
    void aBackEndIsTakenOutAndAnotherHomeOfItsNameComesIn() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 1)) {
            group.start();
            String master = group.master(SOON);
            String gone = master.equals("b2") ? "b1" : "b2";
            String other = master.equals("b0") ? (gone.equals("b1") ? "b2" : "b1") : "b0";
            eventually(SOON, () -> assertThat(cluster(group)).contains("\"b0\"", "\"b1\"", "\"b2\"", "\"r0\""));

            assertThat(remove(group, "r0", "b9").status()).isEqualTo(404);
            assertThat(remove(group, "r0", master).code()).isEqualTo("conflict");
            // The master knows of it a moment after itself does.
            eventually(
                    SOON, () -> assertThat(remove(group, "r0", "r0").status()).isEqualTo(409));
            eventually(SOON, () -> {
                HttpAnswer elsewhere = remove(group, other, gone);
                assertThat(elsewhere.status()).isEqualTo(421);
                assertThat(elsewhere.text()).contains("\"master\":\"http://");
            });
            assertThat(remove(group, "r0", gone + "?force=maybe").code()).isEqualTo("bad-parameter");

            group.stop(gone);
            HttpAnswer removed = remove(group, "r0", gone + "?force");
            assertThat(removed.text()).isEqualTo("{\"name\":\"" + gone + "\",\"removed\":true,\"counted\":false}");
            assertThat(removed.status()).isEqualTo(200);
            eventually(SOON, () -> assertThat(cluster(group)).doesNotContain("\"" + gone + "\""));
            assertThat(remove(group, "r0", gone).status()).isEqualTo(404);
            assertThat(group.probe("r0").put("a", "1").send().isSuccess()).isTrue();

            group.wipe(gone);
            group.start(gone);
            eventually(SOON, () -> assertThat(cluster(group)).contains("\"" + gone + "\""));
            assertThat(group.probe("r0").put("a", "2").send().isSuccess()).isTrue();
            assertThat(group.failures()).isEmpty();
        }
    }

    private static String cluster(GroupInJvm group) throws Exception {
        return group.probe("r0").request("GET", "/cluster").send().text();
    }
}
