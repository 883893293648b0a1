package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path home;

    private final AtomicLong usable = new AtomicLong(1000 * MIB);
    private final RecordedEvents told = new RecordedEvents();

    private DiskRoom room(long free, long max) {
        return new DiskRoom(new DiskLimits(free, max), usable::get, home, told);
    }

    @Test
    void itIsFullWithLessThanFreeDiskAndHasRoomAgainWithALittleMore() {
        try (DiskRoom room = room(256 * MIB, 0)) {
            room.look();
            assertThat(room.full()).isFalse();
            usable.set(255 * MIB);
            room.look();
            room.look();
            assertThat(room.full()).isTrue();
            assertThat(room.why()).isEqualTo("the disk has 255 MiB left, less than free-disk 256 MiB");
            usable.set(257 * MIB);
            room.look();
            assertThat(room.full()).isTrue();
            usable.set(260 * MIB);
            room.look();
            assertThat(room.full()).isFalse();
        }
        assertThat(told.events).containsExactly("disk-full", "disk-has-room");
    }

    @Test
    void whatJeDeletesWhenItMustCountsAsRoom() {
        try (DiskRoom room = room(256 * MIB, 90 * MIB)) {
            usable.set(200 * MIB);
            room.logged(50 * MIB, 60 * MIB);
            room.look();
            assertThat(room.full()).isFalse();
            assertThat(room.roomBytes()).isEqualTo(4 * MIB);
        }
    }

    @Test
    void maxDiskIsWhatTheDataMayTakeWhateverFreeDiskIs() {
        try (DiskRoom room = room(256 * MIB, 90 * MIB)) {
            room.logged(90 * MIB, 0);
            room.look();
            assertThat(room.full()).isFalse();
            room.logged(91 * MIB, 0);
            room.look();
            assertThat(room.full()).isTrue();
            assertThat(room.why()).isEqualTo("the data takes 91 MiB, more than max-disk 90 MiB");
        }
    }

    @Test
    void jeStopsLaterThanClientsAreRefused() {
        for (long max : new long[] {0, MIB, 90 * MIB, 5000 * MIB}) {
            for (long free : new long[] {0, 40 * MIB, 256 * MIB, 10_000 * MIB}) {
                DiskLimits limits = new DiskLimits(free, max);
                assertThat(limits.jeFreeBytes()).isLessThan(limits.freeBytes()).isGreaterThan(0);
                if (max > 0) {
                    // JE takes its limit of what is free off the other.
                    assertThat(limits.jeMaxBytes() - limits.jeFreeBytes())
                            .isGreaterThanOrEqualTo(max + 2 * limits.logFileBytes());
                }
            }
        }
    }

    @Test
    void theBallastIsThereWhileThereIsRoomAndGoesWhenNothingElseIsLeft() {
        try (DiskRoom room = room(256 * MIB, 0)) {
            Path ballast = home.resolve("ballast");
            room.look();
            assertThat(ballast).hasSize(Ballast.BYTES);
            usable.set(100 * MIB);
            room.look();
            assertThat(ballast).exists();
            usable.set(0);
            room.look();
            assertThat(room.beyondJe()).isTrue();
            assertThat(ballast).doesNotExist();
            room.look();
            assertThat(ballast).doesNotExist();
            usable.set(1000 * MIB);
            room.look();
            assertThat(ballast).hasSize(Ballast.BYTES);
        }
    }

    @Test
    void aDiskThatCannotBeAskedChangesNothing() {
        try (DiskRoom room = new DiskRoom(
                new DiskLimits(0, 0),
                () -> {
                    throw new IOException("stale handle");
                },
                home,
                told)) {
            room.look();
            assertThat(room.full()).isFalse();
        }
    }
}
