package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.tool.ToolHarness.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class FailuresTest {
    @Test
    void refusalsNameWhatThisToolHas() {
        assertThat(Failures.inOwnWords("b0 is the master: hand the mastership over first, with POST /cluster/master"))
                .endsWith("with bin/fish transfer-master");
        assertThat(Failures.inOwnWords("nothing could be written (?force removes it all the same)"))
                .endsWith("(--force removes it all the same)");
        assertThat(Failures.inOwnWords("the group is open to everybody; force says that this is meant"))
                .endsWith("; --force says that this is meant");
    }

    @Test
    void aPortThatSpeaksTlsIsNotTakenForOneWithoutAFrontEnd(@TempDir Path directory) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ToolHarness fish = new ToolHarness(directory)) {
            Thread thread = new Thread(() -> alert(server), "test-tls");
            thread.setDaemon(true);
            thread.start();

            Ran ran = fish.run("get", "a", "--at", "http://localhost:" + server.getLocalPort());

            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("https instead of http", "--ca")
                    .doesNotContain("Is a front-end running", "tries");
        }
    }

    /** As a node with TLS answers what is none. */
    private static void alert(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 80});
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The test sees what came of it.
        }
    }
}
