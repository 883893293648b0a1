package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sleepycat.je.EnvironmentFailureException;
import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.store.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of one name; and a node that its own last connection keeps out for a while. */
@Timeout(120)
class NameInUseTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path homes;

    private final RecordedEvents told = new RecordedEvents();

    @Test
    void theSecondFrontEndOfANameStopsAndSaysSo() throws Exception {
        RecordedEvents toldFirst = new RecordedEvents();
        try (BackEnds group = new BackEnds(homes, "b0")) {
            group.start("b0");
            eventually(SOON, () -> assertThat(group.master()).isPresent());
            try (Membership first = frontEnd(group, "first", toldFirst)) {
                first.start();
                eventually(SOON, () -> assertThat(first.state()).isEqualTo(NodeState.REPLICA));
                try (Membership second = frontEnd(group, "second", told)) {
                    second.start();
                    eventually(SOON, () -> assertThat(told.failures).hasSize(1));
                }
                assertThat(told.failures.get(0))
                        .contains("a node of the name r0 is in the group already", "bin/setup NAME")
                        .doesNotContain("Feeder", "Exception");
                assertThat(toldFirst.failures).isEmpty();
                assertThat(toldFirst.events).doesNotContain("reopening");
                assertThat(first.state()).isEqualTo(NodeState.REPLICA);
            }
            try (Membership second = frontEnd(group, "second", told)) {
                second.start();
                eventually(SOON, () -> assertThat(second.state()).isEqualTo(NodeState.REPLICA));
            }
        }
    }

    /** What kept it out at first says nothing of what keeps it out later. */
    @Test
    void patienceBeginsAnewAfterAnotherFailure() throws Exception {
        NodeOptions options = options("home", Set.of(JeNode.freeAddress()));
        FillMarker marker = new FillMarker(options.home());
        Asides asides = new Asides(options.home(), marker, told, Clock.systemUTC());
        Recovery recovery =
                new Recovery(options, false, new Opening(options, false), marker, asides, told, () -> false);
        long begun = System.nanoTime();
        Duration patience = BackEnds.BRISK.feeder().plusSeconds(3);
        recovery.recover(nameInUse(), Set.of());
        while (System.nanoTime() - begun < patience.toNanos()) {
            recovery.recover(new IllegalStateException("something else"), Set.of());
        }
        long again = System.nanoTime();
        recovery.recover(nameInUse(), Set.of());
        Throwable given = null;
        while (given == null) {
            given = catchThrowable(() -> recovery.recover(nameInUse(), Set.of()));
        }
        assertThat(given).isInstanceOf(UnavailableException.class);
        assertThat(System.nanoTime() - again).isGreaterThan(patience.toNanos());
    }

    private static Throwable nameInUse() {
        return EnvironmentFailureException.unexpectedState(
                "A replica with the name: r0(-1) is already active with the Feeder:b0(1)");
    }

    private Membership frontEnd(BackEnds group, String home, RecordedEvents events) throws IOException {
        NodeOptions options = options(home, Set.of(group.address("b0")));
        return new Membership(options, Optional.empty(), Masters.NONE, events);
    }

    private NodeOptions options(String home, Set<HostPort> helpers) throws IOException {
        return new NodeOptions(
                "test",
                "r0",
                JeNode.freeAddress(),
                helpers,
                0,
                Files.createDirectories(homes.resolve(home)),
                16 << 20,
                0,
                0,
                BackEnds.BRISK);
    }
}
