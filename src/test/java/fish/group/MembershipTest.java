package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.dbi.DbEnvPool;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.dbi.EnvironmentImpl;
import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.group.join.JoinRefusedException;
import fish.group.join.Joining;
import fish.kv.Durability;
import fish.store.MemberRecord;
import fish.store.UnavailableException;
import fish.testing.Standard;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of one: all that a membership goes through without others. */
class MembershipTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path homes;

    private Path home;
    private HostPort address;
    private final RecordedEvents told = new RecordedEvents();

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(homes.resolve("b0"));
        address = JeNode.freeAddress();
    }

    private Membership membership() {
        return founder(home);
    }

    private Membership founder(Path itsHome) {
        NodeOptions options = new NodeOptions(
                "test", "b0", address, Set.of(address), 1, itsHome, 16 << 20, 0, 0, Standard.timeouts());
        MemberRecord self = new MemberRecord("b0", address.toString(), "http://localhost:1", 1);
        MasterRole masterRole = new MasterRole(self, Durability.QUORUM, Standard.penLimits(), Clock.systemUTC());
        return new Membership(options, Optional.of(masterRole), Masters.NONE, told);
    }

    private Membership frontEnd(Path itsHome, RecordedEvents itsTold) throws IOException {
        Files.createDirectories(itsHome);
        NodeOptions options = new NodeOptions(
                "test", "r0", JeNode.freeAddress(), Set.of(address), 0, itsHome, 16 << 20, 0, 0, Standard.timeouts());
        return new Membership(options, Optional.empty(), Masters.NONE, itsTold);
    }

    private static long inOffice(Membership membership) {
        eventually(SOON, () -> assertThat(membership.mastership()).isPresent());
        return membership.mastership().orElseThrow().masterRecord().term();
    }

    private void invalidate() {
        invalidate(home, EnvironmentFailureReason.UNEXPECTED_STATE_FATAL);
    }

    private static void invalidate(Path itsHome, EnvironmentFailureReason reason) {
        for (EnvironmentImpl environment : DbEnvPool.getInstance().getEnvImpls()) {
            if (environment.getEnvironmentHome().toPath().equals(itsHome)) {
                // Making the exception is what invalidates.
                var unused = new EnvironmentFailureException(environment, reason, "on purpose");
            }
        }
    }

    @Test
    void beforeItStartsThereIsNothingToReadAndNobodyInOffice() {
        try (Membership membership = membership()) {
            assertThat(membership.state()).isEqualTo(NodeState.STARTING);
            assertThat(membership.mastership()).isEmpty();
            assertThatThrownBy(membership::store).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void aFounderPassesTheGateBeforeItIsMaster() {
        try (Membership membership = membership()) {
            membership.start();
            assertThat(inOffice(membership)).isEqualTo(1);
            eventually(SOON, () -> assertThat(told.states).containsSubsequence("STARTING", "MASTER"));
            assertThat(membership.state()).isEqualTo(NodeState.MASTER);
            assertThat(told.events).containsSubsequence("joined", "took-office");
        }
        assertThat(told.failures).isEmpty();
    }

    @Test
    void anInvalidEnvironmentIsReopenedAndServesUnderAHigherTerm() {
        try (Membership membership = membership()) {
            membership.start();
            long term = inOffice(membership);
            invalidate();
            eventually(SOON, () -> assertThat(told.events).contains("reopening"));
            eventually(SOON, () -> assertThat(inOffice(membership)).isGreaterThan(term));
            eventually(SOON, () -> assertThat(told.states).containsSubsequence("MASTER", "STARTING", "MASTER"));
            assertThat(told.events).containsOnlyOnce("joined");
        }
        assertThat(told.failures).isEmpty();
    }

    @Test
    void aHomeThatCannotBeOpenedEndsItAndSaysWhy() throws IOException {
        Files.createFile(home.resolve("je.properties"));
        try (Membership membership = membership()) {
            membership.start();
            eventually(SOON, () -> assertThat(told.failures).hasSize(1));
            assertThat(told.failures.get(0)).contains("je.properties");
            assertThat(membership.transferMaster(() -> Set.of("b1"), Duration.ofSeconds(1)))
                    .isCompletedExceptionally();
        }
    }

    @Test
    void aFrontEndWhoseDataIsDamagedBeginsAnewOnce() throws Exception {
        Path itsHome = homes.resolve("front");
        RecordedEvents itsTold = new RecordedEvents();
        try (Membership membership = membership();
                Membership front = frontEnd(itsHome, itsTold)) {
            membership.start();
            inOffice(membership);
            front.start();
            eventually(SOON, () -> assertThat(front.state()).isEqualTo(NodeState.REPLICA));

            // JE leaves a mark that keeps the environment from being opened again.
            invalidate(itsHome, EnvironmentFailureReason.LOG_CHECKSUM);
            eventually(SOON, () -> assertThat(itsTold.events).contains("beginning-anew"));
            eventually(SOON, () -> assertThat(front.state()).isEqualTo(NodeState.REPLICA));
            eventually(SOON, () -> assertThat(front.store().lastRevision())
                    .isEqualTo(membership.store().lastRevision()));
            assertThat(itsTold.failures).isEmpty();

            invalidate(itsHome, EnvironmentFailureReason.LOG_CHECKSUM);
            eventually(SOON, () -> assertThat(itsTold.failures).hasSize(1));
            assertThat(itsTold.events).containsOnlyOnce("beginning-anew");
        }
    }

    @Test
    void aFrontEndThatEndsWhileItIsFilledIsNotTakenForFilled() throws Exception {
        Path itsHome = homes.resolve("filling");
        try (Membership membership = membership()) {
            membership.start();
            inOffice(membership);
            for (int start = 0; start < 2; start++) {
                try (Membership front = frontEnd(itsHome, new RecordedEvents())) {
                    front.start();
                    eventually(SOON, () -> assertThat(front.state()).isEqualTo(NodeState.REPLICA));
                    assertThatThrownBy(() -> front.store().requireFilled()).isInstanceOf(UnavailableException.class);
                    if (start == 1) {
                        eventually(SOON, () -> front.store().caughtUp());
                        front.store().requireFilled();
                    }
                }
            }
            try (Membership front = frontEnd(itsHome, new RecordedEvents())) {
                front.start();
                eventually(SOON, () -> front.store().requireFilled());
            }
        }
    }

    @Test
    void takingOverThatATransferInterruptsIsTriedAgain() throws Exception {
        Path itsHome = homes.resolve("front");
        try (Membership membership = membership();
                Membership front = frontEnd(itsHome, new RecordedEvents())) {
            membership.start();
            inOffice(membership);
            front.start();
            eventually(SOON, () -> assertThat(membership.connected()).isNotEmpty());
            AtomicBoolean asked = new AtomicBoolean();
            CompletableFuture<CompletableFuture<String>> second = new CompletableFuture<>();
            CompletableFuture<String> first = membership.transferMaster(
                    () -> {
                        if (asked.getAndSet(true)) {
                            return Set.of();
                        }
                        second.complete(membership.transferMaster(() -> Set.of("r0"), Duration.ofSeconds(1)));
                        return Set.of("r0");
                    },
                    Duration.ofSeconds(2));
            assertThat(first).failsWithin(SOON);
            assertThat(second.get(30, TimeUnit.SECONDS)).failsWithin(SOON);
            inOffice(membership);
        }
    }

    @Test
    void aFounderThatWasKilledAtOnceBeginsAnew() throws Exception {
        Path whole = homes.resolve("whole");
        Files.createDirectories(whole);
        // Of shorter ones JE asserts that they cannot be, where assertions are on.
        for (int length : new int[] {0x300, 0x600, 0x900, 0xc00}) {
            try (Membership founder = founder(whole)) {
                founder.start();
                inOffice(founder);
            }
            try (FileChannel log = FileChannel.open(whole.resolve("00000000.jdb"), StandardOpenOption.WRITE)) {
                log.truncate(length);
            }
            try (Membership founder = founder(whole)) {
                founder.start();
                eventually(SOON, () -> assertThat(founder.mastership())
                        .as("cut at %d: %s %s", length, told.lines, told.failures)
                        .isPresent());
            }
        }
    }

    @Test
    void whatIsSaidOfAClosedEnvironmentDoesNotReopenTheNext() {
        try (Membership membership = membership()) {
            membership.start();
            long term = inOffice(membership);
            membership.reopen("on purpose");
            membership.reopen("twice at once");
            eventually(SOON, () -> assertThat(inOffice(membership)).isGreaterThan(term));
            inOffice(membership);
            assertThat(told.events).containsOnlyOnce("reopening");
        }
    }

    @Test
    void aTransferThatIsPendingAtAReopeningCompletes() {
        try (Membership membership = membership()) {
            membership.start();
            inOffice(membership);
            membership.reopen("on purpose");
            assertThat(membership.transferMaster(() -> Set.of("nobody"), Duration.ofSeconds(1)))
                    .failsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void aBackEndWhoseDataIsDamagedStopsAndKeepsIt() {
        try (Membership membership = membership()) {
            membership.start();
            inOffice(membership);
            invalidate(home, EnvironmentFailureReason.LOG_CHECKSUM);
            eventually(
                    SOON, () -> assertThat(told.failures).as("%s", told.events).hasSize(1));
            assertThat(told.failures.get(0)).contains("LOG_CHECKSUM");
        }
        assertThat(told.events).doesNotContain("beginning-anew");
        assertThat(home.resolve("00000000.jdb")).isNotEmptyFile();
    }

    @Test
    void nobodyToHandOverToMeansThatItStaysInOffice() {
        try (Membership membership = membership()) {
            membership.start();
            inOffice(membership);
            long term = membership.mastership().orElseThrow().masterRecord().term();
            for (Set<String> nobody : List.of(Set.<String>of(), Set.of("nobody"))) {
                assertThatThrownBy(() -> membership
                                .transferMaster(() -> nobody, Duration.ofMinutes(1))
                                .orTimeout(30, TimeUnit.SECONDS)
                                .join())
                        .isInstanceOf(CompletionException.class)
                        .hasMessageContaining("no node that could take over is connected");
            }
            assertThat(membership.mastership().orElseThrow().masterRecord().term())
                    .isEqualTo(term);
        }
    }

    @Test
    void aTransferThatFailsAsNobodyExpectedIsAnsweredToo() {
        try (Membership membership = membership()) {
            membership.start();
            inOffice(membership);
            long term = membership.mastership().orElseThrow().masterRecord().term();
            assertThat(membership.transferMaster(
                            () -> {
                                throw new IllegalArgumentException("on purpose");
                            },
                            Duration.ofMinutes(1)))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withMessageContaining("on purpose");
            assertThat(membership.mastership().orElseThrow().masterRecord().term())
                    .isEqualTo(term);
        }
    }

    @Test
    void closingTwiceAtAnyTimeIsFine() {
        Membership membership = membership();
        membership.start();
        membership.close();
        membership.close();
        assertThat(membership.mastership()).isEmpty();
        assertThatThrownBy(membership::store).isInstanceOf(UnavailableException.class);
        assertThat(told.failures).isEmpty();
    }

    @Test
    void aNodeOfAnotherGroupOrWithATakenNameIsRefused() throws Exception {
        try (Membership membership = membership()) {
            membership.start();
            inOffice(membership);
            HostPort other = new HostPort("localhost", 1);
            assertThatThrownBy(() -> new Joining(new Joining.Self("other", "b1", other), told, () -> false)
                            .awaitGroup(Set.of(address)))
                    .isInstanceOf(JoinRefusedException.class);
            assertThatThrownBy(() -> new Joining(new Joining.Self("test", "b0", other), told, () -> false)
                            .awaitGroup(Set.of(address)))
                    .isInstanceOf(JoinRefusedException.class);
            new Joining(new Joining.Self("test", "b1", other), told, () -> false).awaitGroup(Set.of(address));
        }
    }
}
