package fish.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import fish.testing.Faults.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of shell scripts that say what they were started with, and that they are ready. */
class FishGroupTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Faults.Pace FAST = new Faults.Pace(Duration.ofMillis(50), Duration.ofMillis(10), SOON);

    @TempDir
    private Path home;

    @BeforeEach
    void writePrograms() throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        write(bin.resolve("setup"), "mkdir \"$FISH_DATA/$1\"");
        write(bin.resolve("back"), "echo args \"$@\"", "echo ready http://somewhere", "exec sleep 600");
        write(bin.resolve("front"), "echo args \"$@\"", "echo ready http://somewhere", "exec sleep 600");
    }

    @Test
    void theFirstFoundsTheGroupAndTheOthersJoinIt() throws IOException {
        try (Programs programs = Programs.at(home);
                FishGroup group = FishGroup.onLoopback(programs, 2, 1, "--conf", "x.properties")) {
            group.start(SOON);
            String founder = group.back(0).address();
            assertThat(arguments(group.back(0))).contains("--dir b0 --address " + founder, "--want-master", "--conf");
            assertThat(arguments(group.back(1))).contains("--dir b1", "--buddy " + founder);
            assertThat(arguments(group.front(0))).contains("--dir r0", "--buddy " + founder);
            assertThat(programs.data().resolve("r0")).isDirectory();
            assertThat(group.frontProbes())
                    .extracting(HttpProbe::base)
                    .containsExactly(group.front(0).http());
        }
    }

    @Test
    void theMasterIsWhoSaysSo() throws IOException {
        try (Programs programs = Programs.at(home);
                FishGroup group = FishGroup.onLoopback(programs, 2, 0)) {
            assertThatThrownBy(() -> group.master(Duration.ofMillis(50))).hasMessageContaining("masters: []");
            HttpServer server = serveOk(group.back(1).http().getPort());
            try {
                assertThat(group.master(SOON)).isSameAs(group.back(1));
            } finally {
                server.stop(0);
            }
        }
    }

    @Test
    void closingTheGroupKillsItsNodes() throws IOException {
        try (Programs programs = Programs.at(home)) {
            FishGroup group = FishGroup.onLoopback(programs, 1, 1);
            group.start(SOON);
            group.close();
            group.close();
            assertThat(group.nodes()).noneMatch(node -> node.program().isAlive());
        }
    }

    @Test
    void faultsFollowTheSeedAndLeaveAllHealed() throws IOException {
        try (Programs programs = Programs.at(home);
                FishGroup group = FishGroup.onLoopback(programs, 2, 1)) {
            group.start(SOON);
            List<String> first = stepsOf(group, 42);
            List<String> second = stepsOf(group, 42);
            int common = Math.min(first.size(), second.size()) - 1;
            assertThat(first.get(0)).startsWith("faults seed=42");
            assertThat(first.subList(0, common)).isEqualTo(second.subList(0, common));
            assertThat(String.join(" ", first)).contains("KILL").doesNotContain("PARTITION");
            assertThat(group.nodes()).allMatch(node -> node.program().isAlive());
        }
    }

    @Test
    void nodesInNamespacesAreIsolatedAndHealed() throws IOException {
        assumeTrue(Network.isPossible(), "needs root and network namespaces");
        try (Programs programs = Programs.at(home);
                Network network = Network.create();
                FishGroup group = FishGroup.in(network, programs, 2, 1)) {
            group.start(SOON);
            assertThat(arguments(group.back(1))).contains(network.address("b1"), "--insecure");
            List<Fault> done = new Faults(group, 7, FAST, discard())
                    .run(Duration.ofMillis(300), Set.of(Fault.ISOLATE_MASTER, Fault.PARTITION));
            assertThat(done).isNotEmpty();
            assertThat(Shell.run("ip", "-netns", network.prefix("b1").get(3), "neighbour"))
                    .doesNotContain("PERMANENT");
        }
    }

    private static List<String> stepsOf(FishGroup group, long seed) {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
        new Faults(group, seed, FAST, out).run(Duration.ofMillis(400), EnumSet.allOf(Fault.class));
        return log.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static PrintStream discard() {
        return new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    }

    private static String arguments(FishNode node) {
        return node.program().awaitLine(SOON, line -> line.startsWith("out args "));
    }

    private static HttpServer serveOk(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 8);
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void write(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
