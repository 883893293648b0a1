package fish.group.probe;

import static com.sleepycat.je.rep.ReplicatedEnvironment.State.MASTER;
import static com.sleepycat.je.rep.ReplicatedEnvironment.State.REPLICA;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.EnvironmentFailureException;
import fish.contract.HostPort;
import fish.contract.NodeType;
import fish.group.JeNode;
import fish.group.probe.GroupProbe.Kind;
import fish.group.probe.GroupProbe.Member;
import fish.group.probe.GroupProbe.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A master, a replica and a read-only replica, and what a newcomer hears of them. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupProbeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final GroupProbe probe = new GroupProbe(SocketFactory.getDefault());

    private Path homes;
    private JeNode master;
    private JeNode store;
    private JeNode front;

    @BeforeAll
    void open(@TempDir Path empty) throws Exception {
        homes = empty;
        HostPort first = JeNode.freeAddress();
        master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), first, first);
        store = JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), first);
        front = JeNode.frontEnd("fish", "r0", homes.resolve("r0"), JeNode.freeAddress(), first);
    }

    @AfterAll
    void close() {
        front.close();
        store.close();
        master.close();
    }

    @Test
    void anyMemberLeadsToTheWholeGroup() throws Exception {
        for (JeNode buddy : new JeNode[] {master, store, front}) {
            Result found = probe.probe(Set.of(buddy.address()), "fish", LIMIT);

            assertThat(found.kind()).isEqualTo(Kind.REACHED);
            assertThat(found.group()).isEqualTo("fish");
            assertThat(found.master()).isEqualTo("b0");
            assertThat(found.members())
                    .containsExactlyInAnyOrder(
                            new Member("b0", master.address(), NodeType.ELECTABLE),
                            new Member("b1", store.address(), NodeType.ELECTABLE),
                            new Member("r0", front.address(), NodeType.SECONDARY));
            assertThat(found.reasons()).isEmpty();
        }
    }

    @Test
    void oneLiveBuddyIsEnough() throws Exception {
        HostPort dead = JeNode.freeAddress();

        Result found = probe.probe(Set.of(dead, store.address()), "fish", LIMIT);

        assertThat(found.kind()).isEqualTo(Kind.REACHED);
        assertThat(found.reasons()).containsOnlyKeys(dead);
    }

    @Test
    void saysWhichOtherGroupAnswered() throws Exception {
        Result found = probe.probe(Set.of(store.address()), "fowl", LIMIT);

        assertThat(found.kind()).isEqualTo(Kind.WRONG_GROUP);
        assertThat(found.group()).isEqualTo("fish");
        assertThat(found.reasons()).containsEntry(store.address(), "belongs to the group fish");
    }

    @Test
    void aNameIsTakenByALiveNodeElsewhereAndNotByOneself() throws Exception {
        Result found = probe.probe(Set.of(store.address()), "fish", LIMIT);
        HostPort elsewhere = JeNode.freeAddress();

        for (JeNode holder : new JeNode[] {master, store, front}) {
            String name = found.members().stream()
                    .filter(member -> member.address().equals(holder.address()))
                    .findFirst()
                    .orElseThrow()
                    .name();
            assertThat(probe.whyNameIsTaken(found, name, elsewhere, LIMIT))
                    .contains(
                            "the name " + name + " is taken by the node at " + holder.address() + ", which is running");
            assertThat(probe.whyNameIsTaken(found, name, holder.address(), LIMIT))
                    .isEmpty();
        }
        assertThat(probe.whyNameIsTaken(found, "b7", elsewhere, LIMIT)).isEmpty();
    }

    @Test
    void aMemberKeepsItsNameWhileItIsDownAndAReadOnlyReplicaDoesNot() throws Exception {
        HostPort gone = JeNode.freeAddress();
        HostPort elsewhere = JeNode.freeAddress();
        Result found = new Result(
                Kind.REACHED,
                "fish",
                "b0",
                List.of(new Member("b9", gone, NodeType.ELECTABLE), new Member("r9", gone, NodeType.SECONDARY)),
                Map.of());

        assertThat(probe.whyNameIsTaken(found, "b9", elsewhere, LIMIT).orElseThrow())
                .endsWith("take it out with curl -X DELETE http://FRONT-END/cluster/nodes/b9");
        assertThat(probe.whyNameIsTaken(found, "r9", elsewhere, LIMIT)).isEmpty();
    }

    @Test
    void jeItselfRefusesASecondReplicaOfTheSameNameAndKeepsTheFirst() throws Exception {
        for (String name : new String[] {"b1", "r0"}) {
            assertThatThrownBy(() -> JeNode.frontEnd(
                                    "fish",
                                    name,
                                    homes.resolve("second-" + name),
                                    JeNode.freeAddress(),
                                    master.address())
                            .close())
                    .isInstanceOf(EnvironmentFailureException.class)
                    .hasMessageContaining("A replica with the name: " + name)
                    .hasMessageContaining("is already active")
                    .hasMessageContaining("HANDSHAKE_ERROR");
        }
        assertThat(master.state()).isEqualTo(MASTER);
        eventually(
                LIMIT, () -> assertThat(List.of(store.state(), front.state())).containsOnly(REPLICA));
    }
}
