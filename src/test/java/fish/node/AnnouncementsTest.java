package fish.node;

import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.Code;
import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.group.Connected;
import fish.http.Problem;
import fish.store.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
    private final AtomicLong now = new AtomicLong(1);
    private final Followers followers = new Followers(now::get);
    private final List<MemberRecord> written = new ArrayList<>();
    private List<Connected> connected = List.of(
            new Connected("b1", NodeType.ELECTABLE, new HostPort("localhost", 9001)),
            new Connected("r0", NodeType.SECONDARY, new HostPort("::1", 9002)));

    private final Announcements announcements = new Announcements(() -> connected, followers, written::add, now::get);

    @Test
    void whoFollowsByJesWordIsBelieved() {
        assertThat(heard("b1", NodeType.ELECTABLE, "localhost:9001")).isEmpty();
        assertThat(heard("r0", NodeType.SECONDARY, "[::1]:9002")).isEmpty();

        assertThat(followers.lately())
                .extracting(report -> report.status().name())
                .containsExactly("b1", "r0");
        assertThat(written).containsExactly(new MemberRecord("b1", "localhost:9001", "http://localhost:5001", 1));
    }

    @Test
    void anythingElseIsRefusedAndNothingOfItKept() {
        assertThat(heard("evil", NodeType.ELECTABLE, "localhost:9001")).isNotEmpty();
        assertThat(heard("b1", NodeType.ELECTABLE, "localhost:9009")).isNotEmpty();
        assertThat(heard("b1", NodeType.SECONDARY, "localhost:9001")).isNotEmpty();
        assertThat(heard("r0", NodeType.ELECTABLE, "[::1]:9002")).isNotEmpty();
        assertThat(announcements.heard(report("b1", NodeType.ELECTABLE, "localhost:9001", NodeState.MASTER, 9), true))
                .isNotEmpty();
        connected = List.of();
        assertThat(heard("b1", NodeType.ELECTABLE, "localhost:9001"))
                .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo(Code.FORBIDDEN));

        assertThat(followers.lately()).isEmpty();
        assertThat(written).isEmpty();
    }

    @Test
    void aNodeIsNotWrittenDownAgainAndAgain() {
        for (int i = 0; i < 100; i++) {
            assertThat(heard("b1", NodeType.ELECTABLE, "localhost:9001")).isEmpty();
            now.addAndGet(100_000_000);
        }
        assertThat(written).hasSize(2);
    }

    @Test
    void whoIsLeavingIsKnown() {
        NodeReport report = report("b1", NodeType.ELECTABLE, "localhost:9001", NodeState.REPLICA, 0);
        assertThat(announcements.heard(new NodeReport("fish", report.status(), 0, 0, 0, 0, true, 0, List.of()), true))
                .isEmpty();
        assertThat(followers.leaving()).containsExactly("b1");
    }

    /** Anybody can say who follows, where there is no TLS. */
    @Test
    void whatIsNotProvenTakesNoPlaceOfWhatIs() {
        NodeStatus status = report("b1", NodeType.ELECTABLE, "localhost:9001", NodeState.REPLICA, 0)
                .status();
        NodeReport madeUp = new NodeReport("fish", status, 0, 0, 0, 0, true, 0, List.of());

        assertThat(announcements.heard(madeUp, false)).isEmpty();
        assertThat(followers.leaving()).containsExactly("b1");
        assertThat(heard("b1", NodeType.ELECTABLE, "localhost:9001")).isEmpty();
        assertThat(followers.leaving()).isEmpty();

        assertThat(announcements.heard(madeUp, false)).isPresent();
        assertThat(followers.leaving()).isEmpty();
        now.addAndGet(9_000_000_000L);
        assertThat(announcements.heard(madeUp, false)).isPresent();
        assertThat(followers.lately()).hasSize(1);
        now.addAndGet(2_000_000_000L);
        assertThat(followers.lately()).isEmpty();
        assertThat(announcements.heard(madeUp, false)).isEmpty();
        assertThat(written).hasSize(1);
    }

    private Optional<Problem> heard(String name, NodeType type, String address) {
        return announcements.heard(report(name, type, address, NodeState.REPLICA, 0), true);
    }

    private static NodeReport report(String name, NodeType type, String address, NodeState state, long term) {
        NodeStatus status = new NodeStatus(name, type, state, address, "http://localhost:5001", 1, term, 7, Double.NaN);
        return new NodeReport("fish", status, 1, 1, 0, 0, false, 0, List.of());
    }
}
