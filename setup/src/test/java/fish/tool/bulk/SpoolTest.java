package fish.tool.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Key;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    @Test
    void whatIsAddedComesBackInItsOrder() throws IOException {
        try (Spool spool = new Spool()) {
            for (int i = 0; i < 10_000; i++) {
                spool.add(Key.of("k" + i), ("line " + i).getBytes(StandardCharsets.UTF_8));
            }
            for (int i = 0; i < 10_000; i++) {
                Spool.Entry entry = spool.next().orElseThrow();
                assertThat(entry.key()).isEqualTo(Key.of("k" + i));
                assertThat(new String(entry.line(), StandardCharsets.UTF_8)).isEqualTo("line " + i);
            }
            assertThat(spool.next()).isEqualTo(Optional.empty());
        }
    }

    /** All of the data lies in it, and a program that is killed tidies up nothing. */
    @Test
    void aTemporaryFileHasNoNameOnceItIsOpen(@TempDir Path directory) throws IOException {
        try (FileChannel file = Scratch.open(directory)) {
            assertThat(directory).isEmptyDirectory();
            file.write(ByteBuffer.wrap(new byte[] {7}));
            ByteBuffer read = ByteBuffer.allocate(1);
            assertThat(file.read(read, 0)).isEqualTo(1);
            assertThat(read.get(0)).isEqualTo((byte) 7);
        }
        assertThat(directory).isEmptyDirectory();
    }
}
