package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;

import fish.group.FreshJvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JeFixesTest {
    @ParameterizedTest
    @ValueSource(strings = {QuorumPatch.TARGET, ReplayPollPatch.TARGET, ReplayQueuePatch.TARGET, "FeederManager"})
    void correctAFreshProcessOnceHoweverOftenAsked(String target) throws Exception {
        assertThat(FreshJvm.run(JeFixProbe.class, List.of(), "apply", "apply", "marked:" + target))
                .containsExactly("applied", "applied", "marked true");
    }

    @ParameterizedTest
    @ValueSource(strings = {QuorumPatch.TARGET, ReplayPollPatch.TARGET, ReplayQueuePatch.TARGET, "FeederManager"})
    void refuseWhenJeWasFasterToLoadAClass(String target) throws Exception {
        assertThat(FreshJvm.run(JeFixProbe.class, List.of(), "load:" + target, "apply", "marked:" + target))
                .containsExactly(
                        "loaded", "refused: " + target + " was loaded before it could be corrected", "marked false");
    }
}
