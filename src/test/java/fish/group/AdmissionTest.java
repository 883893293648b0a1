package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import com.sleepycat.je.rep.util.ReplicationGroupAdmin;
import fish.contract.HostPort;
import fish.jefix.Admissions;
import fish.store.RemovedRecord;
import fish.store.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that a master refuses: what counts is that the majority stays what it was. */
@Timeout(120)
class AdmissionTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path homes;

    @Test
    void aMemberOfAnotherGroupIsRefusedAndNotCounted() throws Exception {
        HostPort here = JeNode.freeAddress();
        HostPort there = JeNode.freeAddress();
        HostPort stray = JeNode.freeAddress();
        try (JeNode founder = JeNode.backEnd("fish", "c0", homes.resolve("c0"), there, there);
                JeNode member = JeNode.backEnd("fish", "c1", homes.resolve("c1"), stray, there)) {
            assertThat(founder.electables()).isEqualTo(2);
            assertThat(member.isValid()).isTrue();
        }
        try (JeNode master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), here, here)) {
            assertThatThrownBy(() -> JeNode.backEnd("fish", "c1", homes.resolve("c1"), stray, here)
                            .close())
                    .isInstanceOf(EnvironmentFailureException.class)
                    .hasMessageContaining("another group");
            assertThat(master.electables()).isEqualTo(1);
        }
    }

    @Test
    void whoIsNotAdmittedIsNotCounted() throws Exception {
        HostPort here = JeNode.freeAddress();
        Path home = homes.resolve("b0");
        Admissions.register(home, applicant -> Optional.of(applicant.name() + (applicant.blank() ? " is blank" : "")));
        try (JeNode master = JeNode.backEnd("fish", "b0", home, here, here)) {
            assertThatThrownBy(() -> JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), here)
                            .close())
                    .isInstanceOf(EnvironmentFailureException.class)
                    .hasMessageContaining("b1 is blank");
            assertThat(master.electables()).isEqualTo(1);

            Admissions.forget(home);
            try (JeNode admitted = JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), here)) {
                assertThat(admitted.isValid()).isTrue();
                assertThat(master.electables()).isEqualTo(2);
            }
        } finally {
            Admissions.forget(home);
        }
    }

    @Test
    void aMemberThatWasRemovedStaysOutAndANewHomeOfItsNameComesIn() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.startAll(SOON);
            String master = group.master().orElseThrow().masterRecord().name();
            String gone = Stream.of("b1", "b2")
                    .filter(name -> !name.equals(master))
                    .findFirst()
                    .orElseThrow();
            group.stop(gone);
            remove(group, master, gone);

            group.start(gone);
            eventually(SOON, () -> assertThat(group.told(gone).failures).hasSize(1));
            assertThat(admin(group, master).getGroup().getElectableNodes()).hasSize(2);
            group.stop(gone);

            group.wipe(gone);
            group.start(gone);
            group.awaitIn(gone, SOON);
            assertThat(admin(group, master).getGroup().getElectableNodes()).hasSize(3);
        }
    }

    private static void remove(BackEnds group, String master, String gone) {
        ReplicationGroupAdmin admin = admin(group, master);
        int id = ((RepNodeImpl) admin.getGroup().getMember(gone)).getNodeId();
        eventually(SOON, () -> admin.deleteMember(gone));
        group.member(master)
                .store()
                .pinned()
                .group
                .put(
                        null,
                        new DatabaseEntry(Tables.removedKey(gone)),
                        new DatabaseEntry(new RemovedRecord(gone, id, 0).encode()));
    }

    private static ReplicationGroupAdmin admin(BackEnds group, String master) {
        return new ReplicationGroupAdmin("test", Set.of(group.address(master).resolve()));
    }
}
