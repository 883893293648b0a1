package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import fish.jefix.QuorumFix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A master of two that kept nothing but a front-end: with the quorum fix it knows, without it it does not. */
@Timeout(120)
class StaleMasterTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    Path homes;

    @Test
    void knowsThatAFrontEndIsNoMajority() throws Exception {
        assertThat(authoritativeWithAFrontEndAlone(homes)).isFalse();
    }

    @Test
    void wouldNotKnowWithoutTheFix() throws Exception {
        assertThat(FreshJvm.run(StaleMasterTest.class, List.of("-D" + QuorumFix.SWITCH + "=off"), homes.toString()))
                .contains("authoritative true");
    }

    @Test
    void knowsInAProcessOfItsOwnToo() throws Exception {
        assertThat(FreshJvm.run(StaleMasterTest.class, List.of(), homes.toString()))
                .contains("authoritative false");
    }

    public static void main(String[] homes) throws Exception {
        System.out.println("authoritative " + authoritativeWithAFrontEndAlone(Path.of(homes[0])));
    }

    private static boolean authoritativeWithAFrontEndAlone(Path homes) throws Exception {
        HostPort first = JeNode.freeAddress();
        try (JeNode master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), first, first);
                JeNode voter = JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), first);
                JeNode front = JeNode.frontEnd("fish", "r0", homes.resolve("r0"), JeNode.freeAddress(), first)) {
            eventually(LIMIT, () -> {
                assertThat(master.replicasInTouch()).isEqualTo(2);
                assertThat(master.isAuthoritativeMaster()).isTrue();
            });
            voter.stop();
            eventually(LIMIT, () -> assertThat(master.replicasInTouch()).isEqualTo(1));
            assertThat(front.isValid()).isTrue();
            return master.isAuthoritativeMaster();
        }
    }
}
