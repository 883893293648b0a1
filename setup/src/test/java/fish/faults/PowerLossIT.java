package fish.faults;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpProbe;
import fish.testing.Programs;
import fish.testing.load.AckedWrites;
import fish.testing.load.Load;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All nodes lose power at once, and with it all that they had not forced to disk. */
@Timeout(600)
class PowerLossIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(40);
    private static final long ENOUGH = 300;

    @TempDir
    Path agent;

    private Programs programs;
    private FishGroup group;

    @BeforeEach
    void start() throws IOException {
        programs = Programs.ofBuild();
        programs.javaOptions("-Xmx160m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
                + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED -javaagent:" + agentJar());
        group = FishGroup.onLoopback(programs, 3, 1);
        group.start(SOON);
    }

    @AfterEach
    void stop() {
        group.close();
        programs.close();
    }

    @Test
    void whatAMajorityForcedToDiskIsKept() throws IOException {
        try (AckedWrites writes = writes("quorum", 1)) {
            begin(writes);
            losePower();
            end(writes);
            assertThat(writes.complaints()).isEmpty();

            startAgain();
            writes.verify(probe());
        }
    }

    /** Shows that the other test loses power indeed. */
    @Test
    void whatDisksOnlyPretendedToForceIsNot() throws IOException {
        try (AckedWrites durable = writes("quorum", 2);
                AckedWrites pretended = writes("quorum", 3)) {
            begin(durable);
            end(durable);
            ForcedLengths.lie(programs.data());
            begin(pretended);
            long dropped = losePower();
            end(pretended);
            assertThat(dropped).isPositive();

            startAgain();
            durable.verify(probe());
            assertThatThrownBy(() -> pretended.verify(probe())).hasMessageContaining("was acknowledged and is lost");
        }
    }

    private AckedWrites writes(String durability, long seed) {
        Load load = new Load(group.frontProbes(), seed, 4, 2_000, SOON, Duration.ofSeconds(2));
        return new AckedWrites(load, durability);
    }

    private static void begin(AckedWrites writes) throws IOException {
        writes.start();
        eventually(SOON, () -> assertThat(writes.succeeded()).isGreaterThan(ENOUGH));
    }

    private static void end(AckedWrites writes) {
        writes.stop();
        writes.await();
    }

    private long losePower() throws IOException {
        group.nodes().parallelStream().forEach(node -> node.program().kill9());
        return ForcedLengths.cut(programs.data());
    }

    /** A majority will do: a node may rightly refuse to undo what it alone had on disk. */
    private void startAgain() {
        group.nodes().forEach(FishNode::start);
        eventually(SOON, () -> assertThat(probe().put("after", "power").send().isSuccess())
                .isTrue());
    }

    private HttpProbe probe() {
        return HttpProbe.of(group.front(0).http(), ANSWER_MAX);
    }

    private Path agentJar() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", ForceAgent.class.getName());
        Path jar = agent.resolve("force-agent.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            String first = ForceAgent.class.getName().replace('.', '/');
            for (String name : List.of(
                    first,
                    first + "$Redirecting",
                    first + "$Redirecting$1",
                    ForcedLengths.class.getName().replace('.', '/'))) {
                entries.putNextEntry(new JarEntry(name + ".class"));
                try (InputStream in = ForceAgent.class.getResourceAsStream("/" + name + ".class")) {
                    in.transferTo(entries);
                }
            }
        }
        return jar;
    }
}
