package fish.store.master;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.rep.RepInternal;
import fish.store.LoneMaster;
import fish.store.RemovedRecord;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTableTest {
    @TempDir
    Path home;

    @Test
    void damageThatItMeetsIsTold() throws Exception {
        try (LoneMaster master = LoneMaster.in(home)) {
            // The pen itself does nothing.
            master.quorumThere = false;
            // Making the exception is what invalidates.
            var unused = new EnvironmentFailureException(
                    RepInternal.getNonNullRepImpl(master.environment),
                    EnvironmentFailureReason.LOG_CHECKSUM,
                    "on purpose");
            assertThat(master.pen.group().remove(new RemovedRecord("b1", 2, 1)).get(60, TimeUnit.SECONDS))
                    .isPresent();
            assertThat(master.store.whyUnsound()).hasMessageContaining("on purpose");
        }
    }
}
