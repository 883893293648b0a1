package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sleepycat.je.utilint.FileStoreInfo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreFixTest {
    private static final long WRITTEN_MEANWHILE = 1L << 30;

    @TempDir
    Path home;

    @Test
    void jeIsToldTheRoomThatTheSystemTells() throws IOException {
        JeFixes.apply();
        FileStoreInfo told = FileStoreInfo.getInfo(home.toString());
        assertThat(told.getClass().getEnclosingClass()).isEqualTo(FileStoreFix.class);
        assertThat(told.getTotalSpace()).isEqualTo(Files.getFileStore(home).getTotalSpace());
        assertThat(told.getUsableSpace())
                .isCloseTo(Files.getFileStore(home).getUsableSpace(), within(WRITTEN_MEANWHILE));
    }

    @Test
    void whatTheSystemDoesNotTellIsNotTakenForAFullDisk() {
        File nowhere = home.resolve("nowhere").toFile();
        assertThatThrownBy(() -> FileStoreFix.usableBytes(nowhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere");
    }
}
