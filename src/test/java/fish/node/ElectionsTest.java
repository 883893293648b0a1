package fish.node;

import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ElectionsTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final Elections elections = new Elections(nanos::get);
    private final Metrics metrics = new Metrics();

    @BeforeEach
    void register() {
        elections.register(metrics);
    }

    private List<String> lines() {
        return new String(metrics.text(), StandardCharsets.UTF_8).lines().toList();
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void beforeTheFirstMasterNothingIsKnown() {
        elections.state(NodeState.STARTING, "");
        pass(3);

        assertThat(lines()).contains("fish_election_duration_seconds_count 0");
        assertThat(lines()).noneMatch(line -> line.startsWith("fish_without_master_seconds "));
    }

    @Test
    void anElectionLastsUntilAMasterIsKnownAgain() {
        elections.state(NodeState.REPLICA, "b0");
        elections.state(NodeState.UNKNOWN, "");
        pass(2);
        assertThat(lines()).contains("fish_without_master_seconds 2.0", "fish_master_changes_total 0.0");
        elections.state(NodeState.STARTING, "b1");
        pass(1);
        elections.state(NodeState.MASTER, "b1");

        assertThat(lines())
                .contains(
                        "fish_without_master_seconds 0.0",
                        "fish_master_changes_total 1.0",
                        "fish_election_duration_seconds_count 1",
                        "fish_election_duration_seconds_sum 3.0");
    }

    @Test
    void theSameMasterAgainIsNoChange() {
        elections.state(NodeState.REPLICA, "b0");
        elections.state(NodeState.UNKNOWN, "");
        elections.state(NodeState.REPLICA, "b0");

        assertThat(lines()).contains("fish_master_changes_total 0.0", "fish_election_duration_seconds_count 1");
    }
}
