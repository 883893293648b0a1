package fish.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.EnvironmentFailureException;
import fish.contract.HostPort;
import fish.jefix.Admissions;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that a master refuses: what counts is that the majority stays what it was. */
@Timeout(120)
class AdmissionTest {
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
}
