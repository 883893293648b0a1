package fish.group;

import fish.home.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The file in a home that says that its log files are only a part: being copied, or being deleted. JE opens what is left
 * of either as if it were all, and forces nothing that it copies; so whatever is there while this is, is thrown away before
 * anything is opened. Its content says nothing. On disk when a method returns. For the membership's thread.
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
            WholeFile.forceContent(file);
        }
        WholeFile.forceNames(home);
        Files.deleteIfExists(home.resolve(FILE));
        WholeFile.forceNames(home);
    }

    /**
     * Deletes all logs; broken off, it goes on at the next start. Needs no room: one of them becomes the mark.
     *
     * @throws UncheckedIOException if a file cannot be removed
     */
    void discard() {
        try {
            List<Path> logs = LogFiles.in(home);
            if (!areThere() && !logs.isEmpty()) {
                Files.move(logs.get(0), home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
                WholeFile.forceNames(home);
            }
            LogFiles.delete(home);
            end();
        } catch (IOException e) {
            throw new UncheckedIOException("the data that cannot be used cannot be removed either", e);
        }
    }
}
