package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.dbi.DatabaseImpl;
import com.sleepycat.je.rep.NodeType;
import com.sleepycat.je.rep.impl.RepGroupDB;
import com.sleepycat.je.rep.impl.RepGroupImpl;
import com.sleepycat.je.rep.impl.RepImpl;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import com.sleepycat.je.rep.impl.node.NameIdPair;
import com.sleepycat.je.rep.txn.MasterTxn;
import com.sleepycat.je.txn.Txn;
import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.group.probe.GroupProbe;
import fish.kv.Asker;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.store.RemovedRecord;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Back-ends that are taken out of a group for good: three in one JVM. */
@Timeout(180)
class GroupChangesTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Set<String> ALL = Set.of("b0", "b1", "b2");

    @TempDir
    Path homes;

    private BackEnds group;

    @BeforeEach
    void foundThree() throws Exception {
        group = new BackEnds(homes, "b0", "b1", "b2");
        group.start("b0");
        eventually(SOON, () -> assertThat(group.master()).isPresent());
        group.start("b1");
        group.start("b2");
        awaitReplica("b1");
        awaitReplica("b2");
        awaitServing();
    }

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void oneThatIsGoneFreesItsNameAndItsOldHomeIsKeptOut() throws Exception {
        group.stop("b2");
        assertThat(remove("b2", false).end()).isEqualTo(GroupChanges.End.DONE);
        assertThat(voters()).containsExactly("b0", "b1");
        assertThat(remove("b2", false).end()).isEqualTo(GroupChanges.End.NO_SUCH_NODE);

        group.start("b2");
        eventually(SOON, () -> assertThat(group.told("b2").failures).hasSize(1));
        assertThat(group.told("b2").failures.get(0))
                .contains("b2 was removed from the group", "bin/setup")
                .doesNotContain("Stacktrace", "Exception");
        assertThat(voters()).containsExactly("b0", "b1");
        awaitServing();

        group.stop("b2");
        group.copyAside("b2");
        group.wipe("b2");
        group.start("b2");
        awaitReplica("b2");
        eventually(SOON, () -> assertThat(voters()).containsExactly("b0", "b1", "b2"));
        awaitServing();

        // Nor is it taken for the one that has its name now.
        group.stop("b2");
        group.putBack("b2");
        group.start("b2");
        eventually(SOON, () -> assertThat(group.told("b2").failures).hasSize(1));
        assertThat(group.told("b2").failures.get(0)).contains("b2 was removed from the group", "bin/setup");
        awaitServing();
    }

    @Test
    void oneThatLivesLearnsItAndLeaves() throws Exception {
        String other = notMaster();
        assertThat(remove(other, false).end()).isEqualTo(GroupChanges.End.DONE);
        eventually(SOON, () -> assertThat(group.told(other).failures).hasSize(1));
        assertThat(group.told(other).failures.get(0))
                .contains("this node was removed from the group at 2", "bin/setup NAME --force");
        assertThat(voters()).hasSize(2).doesNotContain(other);
        awaitServing();

        group.stop(other);
        group.start(other);
        eventually(SOON, () -> assertThat(group.told(other).failures).hasSize(1));
        assertThat(voters()).hasSize(2);
        assertThat(group.master().orElseThrow().pen().store().members())
                .noneMatch(member -> member.name().equals(other));

        // Its home remembers it, where nobody is there to say so.
        for (String name : List.of("b0", "b1", "b2")) {
            group.stop(name);
        }
        group.start(other);
        eventually(SOON, () -> assertThat(group.told(other).failures).hasSize(1));
        assertThat(group.told(other).failures.get(0)).contains("this node was removed from the group at 2");
        assertThat(group.told(other).events).isEmpty();
    }

    @Test
    void oneThatIsElectedBeforeItHasLearntItHandsOverAndLeaves() {
        Mastership held = group.master().orElseThrow();
        String master = held.masterRecord().name();
        int id = held.voters().all().stream()
                .filter(voter -> voter.name().equals(master))
                .findFirst()
                .orElseThrow()
                .id();
        assertThat(held.pen()
                        .group()
                        .remove(new RemovedRecord(master, id, 1))
                        .orTimeout(60, TimeUnit.SECONDS)
                        .join())
                .isEmpty();

        changes().resume();

        eventually(SOON, () -> assertThat(group.told(master).failures).hasSize(1));
        assertThat(group.told(master).failures.get(0)).contains("this node was removed from the group");
        awaitServing();
        eventually(SOON, () -> {
            changes().resume();
            assertThat(voters()).hasSize(2).doesNotContain(master);
        });
    }

    @Test
    void theMasterAndStrangersAreNotRemoved() {
        String master = group.master().orElseThrow().masterRecord().name();
        GroupChanges.Result refused = remove(master, true);
        assertThat(refused.end()).isEqualTo(GroupChanges.End.CONFLICT);
        assertThat(refused.detail()).contains("POST /cluster/master");
        assertThat(remove("b9", true).end()).isEqualTo(GroupChanges.End.NO_SUCH_NODE);
        assertThat(voters()).hasSize(3);
    }

    @Test
    void whoMayNotAnyMoreWhenTheirTurnComesRemovesNothing() {
        Asker gone = new Asker("a token", true).during(() -> false);
        GroupChanges.Result refused = changes().remove(notMaster(), false, gone, System.nanoTime() + LIMIT.toNanos());
        assertThat(refused.end()).isEqualTo(GroupChanges.End.FAILED);
        assertThat(refused.failure()).get().isInstanceOfSatisfying(Outcome.Refused.class, outcome -> assertThat(
                        outcome.failure().reason())
                .isEqualTo(Reason.UNAUTHENTICATED));
        assertThat(voters()).hasSize(3);
        assertThat(group.master().orElseThrow().pen().store().removed(notMaster()))
                .isEmpty();
    }

    @Test
    void whatWouldLoseTheQuorumNeedsForce() throws Exception {
        String dead = notMaster();
        group.stop(dead);
        String alive = notMaster();
        eventually(SOON, () -> assertThat(connected()).isEqualTo(2));
        GroupChanges.Result refused = remove(alive, false);
        assertThat(refused.end()).isEqualTo(GroupChanges.End.CONFLICT);
        assertThat(refused.detail()).contains("1 of 2 back-ends would be connected and 2 are needed", "?force");
        assertThat(group.told(alive).failures).isEmpty();

        // The majority goes with it, so that it is counted until the other is back.
        assertThat(remove(alive, true, Duration.ofSeconds(5)).end()).isEqualTo(GroupChanges.End.DECIDED);
        eventually(SOON, () -> assertThat(group.told(alive).failures).hasSize(1));
        group.stop(alive);
        group.start(dead);
        awaitServing();
        eventually(SOON, () -> {
            changes().resume();
            assertThat(voters()).hasSize(2).doesNotContain(alive);
        });
        awaitServing();
    }

    @Test
    void withoutAMajorityNothingIsRemovedHoweverOftenItIsAsked() throws Exception {
        String master = group.master().orElseThrow().masterRecord().name();
        List<String> others = List.of("b0", "b1", "b2").stream()
                .filter(name -> !name.equals(master))
                .toList();
        GroupChanges changes = changes();
        others.forEach(group::stop);
        for (int i = 0; i < 3; i++) {
            for (String other : others) {
                GroupChanges.Result result = changes.remove(other, true, Asker.NOBODY, System.nanoTime());
                assertThat(result.end()).isEqualTo(GroupChanges.End.FAILED);
                assertThat(result.failure()).hasValueSatisfying(failure -> assertThat(reason(failure))
                        .isIn(Reason.NO_QUORUM, Reason.NOT_MASTER, Reason.STARTING, Reason.UNKNOWN_OUTCOME));
            }
        }
        for (String other : others) {
            group.start(other);
        }
        others.forEach(this::awaitInOffice);
        awaitServing();
        assertThat(voters()).containsExactly("b0", "b1", "b2");
    }

    @Test
    void aChangeThatFailsInJeLeavesNothingBehind() throws Exception {
        Mastership held = group.master().orElseThrow();
        String master = held.masterRecord().name();
        List<String> others = List.of("b0", "b1", "b2").stream()
                .filter(name -> !name.equals(master))
                .toList();
        others.forEach(group::stop);
        // As if the majority had gone between the look and the call.
        assertThat(held.voters().delete(others.get(0))).isEqualTo(Voters.Deletion.FAILED);
        group.member(master).reopen("a change of the group failed");
        for (String other : others) {
            group.start(other);
        }
        others.forEach(this::awaitInOffice);
        awaitServing();
        assertThat(voters()).containsExactly("b0", "b1", "b2");
        assertThat(group.told(others.get(0)).failures).isEmpty();
    }

    /** JE deletes in two commits; what stands between them keeps the name from everybody, for ever. */
    @Test
    void aDeletionThatTheMasterFellInIsFinishedByTheNext() throws Exception {
        Mastership held = group.master().orElseThrow();
        String master = held.masterRecord().name();
        String gone = notMaster();
        group.stop(gone);
        int id = held.voters().find(gone).orElseThrow().id();
        assertThat(held.pen()
                        .group()
                        .remove(new RemovedRecord(gone, id, 0))
                        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isEmpty();
        // As JE's first commit alone leaves it.
        eventually(SOON, () -> group.je(master).getRepNode().removeMember(gone, false));
        group.kill(master);
        group.start(master);
        awaitServing();
        assertThat(voters()).hasSize(2).doesNotContain(gone);
        assertThat(group.master().orElseThrow().voters().lingering())
                .extracting(Voters.Voter::name)
                .containsExactly(gone);

        group.wipe(gone);
        group.start(gone);
        eventually(SOON, () -> assertThat(group.member(gone).filling()).contains("let go of the removed member"));
        changes().resume();
        awaitReplica(gone);
        eventually(SOON, () -> assertThat(voters()).containsExactly("b0", "b1", "b2"));
        assertThat(group.master().orElseThrow().voters().lingering()).isEmpty();
        assertThat(group.told(gone).failures).isEmpty();
    }

    /** JE's own list does not show it, and its own count of a majority has it. */
    @Test
    void whoWasLostWhileItJoinedIsCountedAndTakenOut() throws Exception {
        String master = group.master().orElseThrow().masterRecord().name();
        HostPort nowhere = JeNode.freeAddress();
        joinHalfWay(group.je(master), "b3", nowhere);
        assertThat(voters()).containsExactly("b0", "b1", "b2", "b3");
        assertThat(group.je(master).getRepNode().getGroup().getElectableGroupSize())
                .isEqualTo(4);
        GroupProbe probe = new GroupProbe(SocketFactory.getDefault());
        GroupProbe.Result found = probe.probe(Set.of(group.address(master)), "test", LIMIT);
        assertThat(probe.whyAddressIsTaken(found, "b4", nowhere, LIMIT)).isPresent();

        assertThat(remove("b3", false).end()).isEqualTo(GroupChanges.End.DONE);
        assertThat(voters()).containsExactly("b0", "b1", "b2");
        assertThat(group.je(master).getRepNode().getGroup().getElectableGroupSize())
                .isEqualTo(3);
        awaitServing();
    }

    /** What is left where a master was lost between JE's two commits of a new member. */
    private static void joinHalfWay(RepImpl je, String name, HostPort address) throws Exception {
        RepGroupImpl members = je.getRepNode().getGroup();
        int id = 1
                + members.getAllElectionMemberIds().stream()
                        .max(Comparator.naturalOrder())
                        .orElseThrow();
        RepNodeImpl joining =
                new RepNodeImpl(new NameIdPair(name, id), NodeType.ELECTABLE, address.host(), address.port(), null);
        Method save = RepGroupDB.class.getDeclaredMethod(
                "saveNodeObject", Txn.class, RepNodeImpl.class, DatabaseImpl.class, RepGroupImpl.class);
        save.setAccessible(true);
        Txn txn = new MasterTxn(je, new TransactionConfig(), je.getNameIdPair());
        save.invoke(je.getRepNode().getRepGroupDB(), txn, joining, je.getGroupDb(), members);
        txn.commit();
        je.getRepNode().refreshCachedGroup();
    }

    private static Reason reason(Outcome failure) {
        return failure instanceof Outcome.Refused refused
                ? refused.failure().reason()
                : ((Outcome.Unknown) failure).failure().reason();
    }

    private GroupChanges changes() {
        String master = group.master().map(held -> held.masterRecord().name()).orElse("b0");
        Membership membership = group.member(master);
        return new GroupChanges(
                master,
                membership::mastership,
                membership::reopen,
                reason -> {
                    var unused = membership.transferMaster(() -> ALL, LIMIT);
                },
                group.told(master),
                Clock.systemUTC());
    }

    private GroupChanges.Result remove(String name, boolean force) {
        return remove(name, force, LIMIT);
    }

    private GroupChanges.Result remove(String name, boolean force, Duration limit) {
        return changes().remove(name, force, Asker.NOBODY, System.nanoTime() + limit.toNanos());
    }

    private List<String> voters() {
        return group.master().stream()
                .flatMap(held -> held.voters().all().stream())
                .map(Voters.Voter::name)
                .toList();
    }

    private long connected() {
        return group.master().stream()
                .flatMap(held -> held.voters().all().stream())
                .filter(Voters.Voter::connected)
                .count();
    }

    private String notMaster() {
        String master = group.master().orElseThrow().masterRecord().name();
        return List.of("b2", "b1", "b0").stream()
                .filter(name -> group.runs(name) && !name.equals(master))
                .findFirst()
                .orElseThrow();
    }

    private void awaitReplica(String name) {
        eventually(SOON, () -> assertThat(group.member(name).state())
                .as("%s: %s %s", name, group.told(name).events, group.told(name).failures)
                .isEqualTo(NodeState.REPLICA));
    }

    private void awaitInOffice(String name) {
        eventually(SOON, () -> assertThat(group.member(name).state())
                .as("%s: %s %s", name, group.told(name).events, group.told(name).failures)
                .isIn(NodeState.REPLICA, NodeState.MASTER));
    }

    private void awaitServing() {
        eventually(SOON, () -> assertThat(group.put("probe", "x")).isInstanceOf(Outcome.Committed.class));
        assertThat(group.get("probe")).isEqualTo(Optional.of("x"));
    }
}
