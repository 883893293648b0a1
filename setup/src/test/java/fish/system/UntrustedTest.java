package fish.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.http.HttpServer;
import fish.testing.Program;
import fish.tls.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Python and the JavaScript client at front-ends that they do not believe; the Java client: {@code fish.client.TlsTroubleTest}. */
@Timeout(120)
class UntrustedTest {
    private static final Duration END_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestCertificates.server(TestCertificates.home(directory.resolve("b0"), "one"));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pythonTellsItAtOnce() throws Exception {
        assumeTrue(ClientsIT.has("python3"), "needs python3");
        assertTold("python3", ClientsIT.SUITES.resolve("trust.py").toString());
    }

    @Test
    void javaScriptTellsItAtOnce() throws Exception {
        assumeTrue(ClientsIT.has("node"), "needs node");
        assertTold(
                "node",
                ClientsIT.SUITES.resolve("trust.mjs").toString(),
                ClientsIT.CLIENTS.resolve("js/fish.mjs").toString());
    }

    private void assertTold(String... program) throws Exception {
        List<String> command = new ArrayList<>(List.of(program));
        command.add("https://localhost:" + server.address().getPort());
        try (Program client = Program.start("client", command, ClientsIT.ENVIRONMENT, directory)) {
            int exitCode = client.awaitExit(END_MAX);
            assertThat(client.output()).containsExactly("out ok");
            assertThat(exitCode).isZero();
        }
    }
}
