package fish.group;

import fish.home.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file in a home that says that its log files are only a part: being copied, or being deleted. JE opens what is left
 * of either as if it were all, and forces nothing that it copies; so whatever is there while this is, is thrown away before
 * anything is opened. On disk when a method returns. For the membership's thread.
 */
final class PartialLogs {
    static final String FILE = "partial";

    private final Path home;

    PartialLogs(Path home) {
        this.home = home;
    }

    boolean areThere() {
        return Files.exists(home.resolve(FILE));
    }

    /** Before the first file is copied, or deleted. */
    void begin() throws IOException {
        WholeFile.write(home.resolve(FILE), "1\n");
    }

    /** What is there is whole, once all of it has reached the disk; blocks until it has. */
    void end() throws IOException {
        for (Path file : LogFiles.in(home)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
        WholeFile.forceNames(home);
        Files.deleteIfExists(home.resolve(FILE));
        WholeFile.forceNames(home);
    }

    /**
     * Deletes all logs; broken off, it goes on at the next start.
     *
     * @throws UncheckedIOException if a file cannot be removed
     */
    void discard() {
        try {
            begin();
            LogFiles.delete(home);
            end();
        } catch (IOException e) {
            throw new UncheckedIOException("the data that cannot be used cannot be removed either", e);
        }
    }
}
