package fish.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Milliseconds since the machine started, the same in all of its processes. Where the system tells it ({@code
 * /proc/uptime}), time in which the machine slept counts too, as it does for everybody else.
 */
interface Uptime {
    Path FILE = Path.of("/proc/uptime");

    long millis();

    /** Whether other programs can read it too. */
    default boolean isShared() {
        return false;
    }

    static Uptime ofSystem() {
        return Files.isReadable(FILE) ? new OfFile() : () -> System.nanoTime() / 1_000_000;
    }

    /** {@code 12345.67 …}: seconds, to the hundredth. */
    final class OfFile implements Uptime {
        @Override
        public long millis() {
            try {
                String text = Files.readString(FILE);
                String seconds = text.substring(0, text.indexOf(' '));
                return Math.round(Double.parseDouble(seconds) * 1000);
            } catch (IOException e) {
                throw new IllegalStateException("the time cannot be read", e);
            }
        }

        @Override
        public boolean isShared() {
            return true;
        }
    }
}
