package fish.group;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A file that is there to be deleted: when somebody else has filled the disk to the last byte, it gives
 * JE room for what makes a master, without which there would not even be reads. Thread-safe.
 */
final class Ballast {
    static final long BYTES = 4L << 20;

    private static final int CHUNK = 1 << 20;

    private final Path file;

    Ballast(Path home) {
        this.file = home.resolve("ballast");
    }

    /** Makes sure that it is there, while there is room. */
    synchronized void keep() {
        if (Files.exists(file)) {
            return;
        }
        // Zeros would take no room on a disk that compresses.
        Random random = new Random();
        byte[] chunk = new byte[CHUNK];
        try (var out = Files.newOutputStream(file)) {
            for (long written = 0; written < BYTES; written += CHUNK) {
                random.nextBytes(chunk);
                out.write(chunk);
            }
        } catch (IOException e) {
            release();
        }
    }

    /** Gives its room back. */
    synchronized void release() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // What cannot be deleted gives no room: JE will say so.
        }
    }
}
