package fish.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupFileTest {
    private static final Manifest.Origin ORIGIN =
            new Manifest.Origin("0.1.0", "fish", "r0", "secondary", Instant.parse("2026-01-31T12:00:00Z"));

    private static Map<String, byte[]> files() {
        Random random = new Random(7);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int size : new int[] {0, 513}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            files.put(String.format("%08x.jdb", files.size()), bytes);
        }
        return files;
    }

    private static byte[] backup() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupWriter writer = new BackupWriter(out, ORIGIN);
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            writer.file(file.getKey(), file.getValue().length, new ByteArrayInputStream(file.getValue()));
        }
        writer.finish(1234, true);
        return out.toByteArray();
    }

    private static Manifest verify(byte[] backup) throws IOException {
        return BackupReader.verify(new ByteArrayInputStream(backup));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Map<String, ByteArrayOutputStream> read = new LinkedHashMap<>();
        Manifest manifest = BackupReader.read(new ByteArrayInputStream(backup()), (name, bytes) -> {
            OutputStream to = read.computeIfAbsent(name, unused -> new ByteArrayOutputStream());
            return to;
        });

        assertThat(manifest).isEqualTo(new Manifest(ORIGIN, 1234, true, 2, 513));
        assertThat(read.keySet()).containsExactlyElementsOf(files().keySet());
        files().forEach((name, bytes) -> assertThat(
                        read.getOrDefault(name, new ByteArrayOutputStream()).toByteArray())
                .isEqualTo(bytes));
    }

    @Test
    void itIsNoBackupWhereverItIsCut() throws IOException {
        byte[] whole = backup();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> verify(cut)).as("cut at " + length).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> verify(new byte[0])).hasMessage("it is empty");
        assertThatThrownBy(() -> verify(Arrays.copyOf(whole, 2000))).hasMessage("it is cut short");
    }

    @Test
    void itIsNoBackupWhicheverByteIsChanged() throws IOException {
        byte[] whole = backup();
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (1 << at % 8);
            assertThatThrownBy(() -> verify(changed)).as("changed at " + at).isInstanceOf(IOException.class);
        }
    }

    @Test
    void moreBehindTheEndAndOtherFilesAreRefused() throws IOException {
        byte[] more = Arrays.copyOf(backup(), backup().length + 1);
        assertThatThrownBy(() -> verify(more)).hasMessageContaining("more behind its end");
        assertThatThrownBy(() -> verify("no tar at all".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("it is no backup");
        assertThatThrownBy(() -> verify(new byte[10_000])).hasMessageContaining("it is no backup");
    }

    @Test
    void noNameLeadsOutOfTheDirectory() throws IOException {
        for (String name : new String[] {"../x.jdb", "/tmp/00000000.jdb", "00000000.jdb/", "00000000.JDB", "x"}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BackupWriter writer = new BackupWriter(out, ORIGIN);
            writer.file(name, 1, new ByteArrayInputStream(new byte[1]));
            writer.finish(1, true);
            assertThatThrownBy(() -> verify(out.toByteArray())).as(name).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aFileThatBecomesShorterIsNoBackup() {
        BackupWriter writer = new BackupWriter(OutputStream.nullOutputStream(), ORIGIN);
        assertThatThrownBy(() -> writer.file("00000000.jdb", 2, new ByteArrayInputStream(new byte[1])))
                .hasMessageContaining("shorter");
    }

    /** What everybody has can open and check it, too. */
    @Test
    void tarAndSha256sumKnowIt(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("backup.tar"), backup());
        Process check = new ProcessBuilder("sh", "-c", "tar xf " + file + " && sha256sum -c SHA256SUMS")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
        assertThat(said).contains("data/00000001.jdb: OK", "manifest.json: OK");
    }
}
