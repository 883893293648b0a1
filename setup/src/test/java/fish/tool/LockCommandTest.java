package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.tool.ToolHarness.Ran;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LockCommandTest {
    private ToolHarness fish;

    @BeforeEach
    void start(@TempDir Path directory) {
        fish = new ToolHarness(directory);
    }

    @AfterEach
    void close() {
        fish.close();
    }

    @Test
    void whoWaitsInVainIsToldWhoHoldsItAndLeavesItAlone() {
        fish.run("put", "k", "somebody");
        long began = System.nanoTime();
        Ran ran = fish.run("lock", "k", "--wait", "2s", "--", "true");
        assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(LockCommand.NOT_HAD);
        assertThat(ran.err()).contains("held by somebody");
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
        assertThat(fish.run("get", "k").out()).isEqualTo("somebody");
    }

    @Test
    void itIsHadOnceTheOthersIsGone() {
        fish.run("put", "k", "somebody", "--ttl", "2s");
        assertThat(fish.run("lock", "k", "--", "sh", "-c", "exit 7").exitCode()).isEqualTo(7);
        assertThat(fish.run("count").out()).isEqualTo("0\n");
    }

    @Test
    void aDayLongLockIsHeldAsAnyOther() {
        assertThat(fish.run("lock", "k", "--ttl", "1d", "--", "true").exitCode())
                .isZero();
    }

    @Test
    void whatTheCommandLeftIsKilledBeforeTheLockIsGivenBack() {
        assumeTrue(Uptime.ofSystem().isShared(), "this system has no /proc/uptime: commands have no group");
        long began = System.nanoTime();
        Ran ran = fish.run("lock", "k", "--ttl", "4s", "--", "sh", "-c", "sleep 100 & exit 3");
        assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(3);
        assertThat(ran.err()).contains("what the command left running is killed");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(3));
        assertThat(fish.run("count").out()).isEqualTo("0\n");
    }
}
