package fish.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.dbi.TTL;
import com.sleepycat.je.utilint.TestHookAdapter;
import fish.kv.Txn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are read when the changes in them have expired, by a clock of JE that is three days on. */
class ExpiredChangesTest {
    private static final long DAYS_MILLIS = TimeUnit.DAYS.toMillis(3);

    @TempDir
    Path logs;

    @TempDir
    Path other;

    private long last;

    @BeforeEach
    void write() {
        try (LoneMaster master = LoneMaster.in(logs)) {
            last = master.run(Txn.of(LoneMaster.putting("a", "1"))).revision();
            last = master.run(Txn.of(LoneMaster.putting("a", "2"))).revision();
        }
    }

    @AfterEach
    void today() {
        TTL.setTimeTestHook(null);
    }

    private static void threeDaysOn() {
        TTL.setTimeTestHook(new TestHookAdapter<Long>() {
            @Override
            public Long getHookValue() {
                return System.currentTimeMillis() + DAYS_MILLIS;
            }
        });
    }

    @Test
    void theyStillCountAsHeld() throws IOException {
        threeDaysOn();
        assertThat(HeldData.verified(logs).lastRevision()).isEqualTo(last);
    }

    @Test
    void theyAreFoundAndNotCalledLostOnceTheGroupMayHaveForgottenThem() {
        try (LoneMaster group = LoneMaster.in(other)) {
            long now = System.currentTimeMillis();
            threeDaysOn();
            LostCommits inTime = LostCommits.of(logs, group.store, now);
            assertThat(inTime.commits()).isEqualTo(2);
            assertThat(inTime.last()).isEqualTo(last);
            assertThat(LostCommits.of(logs, group.store, now + DAYS_MILLIS).commits())
                    .isZero();
        }
    }
}
