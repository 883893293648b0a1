package fish.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackupBoundsTest {
    private static final long MIB = 1 << 20;

    private final AtomicLong room = new AtomicLong(1_000 * MIB);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicBoolean closing = new AtomicBoolean();

    private BackupBounds of(long bytes) {
        return new BackupBounds(bytes, room::get, nanos::get, closing::get);
    }

    private static void assertGoesOn(BackupBounds bounds) {
        assertThatCode(bounds::require).doesNotThrowAnyException();
    }

    private static void assertEnds(BackupBounds bounds, String why) {
        assertThatThrownBy(bounds::require).isInstanceOf(IOException.class).hasMessageContaining(why);
    }

    @Test
    void anHourAndASecondForEachMebibyte() {
        BackupBounds bounds = of(600 * MIB);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(3_600 + 599));
        assertGoesOn(bounds);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertEnds(bounds, "too slow");
    }

    @Test
    void itEndsBeforeTheDiskIsFull() {
        BackupBounds bounds = of(MIB);
        room.set(65 * MIB);
        assertGoesOn(bounds);
        room.set(63 * MIB);
        assertEnds(bounds, "nearly full");
    }

    @Test
    void aSmallDiskMayLoseHalfOfItsRoomAndAFullOneHasNoneToLose() {
        room.set(20 * MIB);
        BackupBounds small = of(MIB);
        room.set(10 * MIB);
        assertGoesOn(small);
        room.set(9 * MIB);
        assertEnds(small, "nearly full");

        room.set(-5 * MIB);
        BackupBounds full = of(MIB);
        room.set(-50 * MIB);
        assertGoesOn(full);
    }

    @Test
    void theEndOfTheNodeIsItsEnd() {
        BackupBounds bounds = of(MIB);
        closing.set(true);
        assertEnds(bounds, "shutting down");
    }
}
