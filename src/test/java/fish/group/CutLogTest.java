package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.kv.Durability;
import fish.store.MemberRecord;
import fish.testing.Standard;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A front-end that was killed while it received its first transactions: its log may end anywhere. */
@Timeout(180)
class CutLogTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int FIRST = 0x300;
    private static final int LAST = 0x1000;
    private static final int STEP = 0x80;

    /** A lock is waited for about a second with them. */
    private static final Timeouts BRISK = new Timeouts(
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            Duration.ofMillis(100));

    @TempDir
    Path homes;

    private Set<HostPort> helpers = Set.of();

    @Test
    void comesBackWhereverItsLogEnds() throws Exception {
        HostPort address = JeNode.freeAddress();
        List<Integer> anew = new ArrayList<>();
        try (Membership master = backEnd(address)) {
            master.start();
            eventually(SOON, () -> assertThat(master.mastership()).isPresent());
            HostPort itsAddress = JeNode.freeAddress();
            for (int length = FIRST; length <= LAST; length += STEP) {
                Path itsHome = Files.createDirectories(homes.resolve("r" + length));
                follow(itsHome, itsAddress, master);
                cut(itsHome.resolve("00000000.jdb"), length);
                if (follow(itsHome, itsAddress, master).contains("beginning-anew")) {
                    anew.add(length);
                }
            }
        }
        assertThat(anew).as("where the log was of no use").isNotEmpty();
    }

    private List<String> follow(Path home, HostPort address, Membership master) {
        RecordedEvents told = new RecordedEvents();
        NodeOptions options = new NodeOptions("test", "r0", address, helpers, 0, home, 16 << 20, 0, 0, BRISK);
        try (Membership front = new Membership(options, Optional.empty(), Masters.NONE, told)) {
            front.start();
            eventually(SOON, () -> {
                assertThat(told.failures).isEmpty();
                assertThat(front.state()).isEqualTo(NodeState.REPLICA);
                assertThat(front.store().lastRevision())
                        .isEqualTo(master.store().lastRevision());
            });
        }
        return told.events;
    }

    private static void cut(Path log, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            assertThat(channel.size()).isGreaterThan(length);
            channel.truncate(length);
        }
    }

    private Membership backEnd(HostPort address) throws IOException {
        helpers = Set.of(address);
        Path home = Files.createDirectories(homes.resolve("b0"));
        NodeOptions options = new NodeOptions("test", "b0", address, helpers, 1, home, 16 << 20, 0, 0, BRISK);
        MemberRecord self = new MemberRecord("b0", address.toString(), "http://localhost:1", 1);
        MasterRole masterRole = new MasterRole(self, Durability.QUORUM, Standard.penLimits(), Clock.systemUTC());
        return new Membership(options, Optional.of(masterRole), Masters.NONE, new RecordedEvents());
    }
}
