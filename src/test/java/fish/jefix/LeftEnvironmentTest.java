package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.dbi.DbEnvPool;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.dbi.EnvironmentImpl;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftEnvironmentTest {
    @TempDir
    Path home;

    @TempDir
    Path otherHome;

    @Test
    void itsHomeCanBeOpenedAgainAndOthersStayOpen() {
        try (Environment other = open(otherHome)) {
            Environment left = open(home);
            EnvironmentImpl environment = impl(home);
            EnvironmentFailureException failure = new EnvironmentFailureException(
                    environment, EnvironmentFailureReason.UNEXPECTED_STATE_FATAL, "in the middle of its opening");
            assertThat(left.getInvalidatingException()).isSameAs(failure);
            assertThatThrownBy(() -> open(home)).hasMessageContaining("in the middle of its opening");

            LeftEnvironment.end(home.toFile());
            try (Environment again = open(home)) {
                assertThat(again.isValid()).isTrue();
            }
            assertThat(other.isValid()).isTrue();
            LeftEnvironment.end(home.toFile());
        }
    }

    private static Environment open(Path home) {
        return new Environment(home.toFile(), new EnvironmentConfig().setAllowCreate(true));
    }

    private static EnvironmentImpl impl(Path home) {
        return DbEnvPool.getInstance().getEnvImpls().stream()
                .filter(one -> one.getEnvironmentHome().toPath().equals(home))
                .findFirst()
                .orElseThrow();
    }
}
