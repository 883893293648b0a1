package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.EnvironmentFailureException;
import org.junit.jupiter.api.Test;

class OpenFailureTest {
    private static OpenFailure ofHandshake(String message) {
        return OpenFailure.of(EnvironmentFailureException.unexpectedState(message));
    }

    @Test
    void wrongSettingsAndErrorsStopTheNode() {
        assertThat(OpenFailure.of(new IllegalArgumentException("bad host"))).isEqualTo(OpenFailure.STOP);
        assertThat(OpenFailure.of(new StackOverflowError())).isEqualTo(OpenFailure.STOP);
    }

    @Test
    void whatIsNotKnownToBeWrongIsOpenedAgain() {
        assertThat(OpenFailure.of(new IllegalStateException("invalid"))).isEqualTo(OpenFailure.REOPEN);
        assertThat(ofHandshake("Read invalid log entry")).isEqualTo(OpenFailure.REOPEN);
    }

    @Test
    void aLogThatEndsBeforeTheGroupsFirstRecordsIsHalfReceived() {
        assertThat(ofHandshake("Group key: $$GROUP_KEY$$ is missing")).isEqualTo(OpenFailure.HALF_RECEIVED);
    }

    @Test
    void aRefusedHandshakeStopsTheNodeUnlessItsNameIsInUse() {
        assertThat(ofHandshake("conflict, is already active with the Feeder")).isEqualTo(OpenFailure.NAME_IN_USE);
        assertThat(ofHandshake("HANDSHAKE_ERROR: group name")).isEqualTo(OpenFailure.STOP);
        assertThat(ofHandshake("Node b2 was explicitly removed")).isEqualTo(OpenFailure.STOP);
        assertThat(ofHandshake("different environment instances")).isEqualTo(OpenFailure.STOP);
    }
}
