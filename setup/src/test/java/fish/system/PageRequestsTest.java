package fish.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.testing.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the page takes answers that no node gives as it should. */
@Timeout(120)
class PageRequestsTest {
    private static final Path API =
            Path.of("..", "src", "main", "resources", "fish", "page", "api.js").toAbsolutePath();

    @Test
    void whatBreaksOffOrIsOfNoNodeIsToldAsWhatItIs(@TempDir Path directory) throws Exception {
        assumeTrue(ClientsIT.has("node"), "needs node");
        List<String> command =
                List.of("node", ClientsIT.SUITES.resolve("page.mjs").toString(), API.toString());
        try (Program page = Program.start("page", command, ClientsIT.ENVIRONMENT, directory)) {
            int exitCode = page.awaitExit(Duration.ofSeconds(60));
            assertThat(page.output()).containsExactly("out ok");
            assertThat(exitCode).isZero();
        }
    }
}
