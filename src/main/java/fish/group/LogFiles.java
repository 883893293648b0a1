package fish.group;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** JE's own files in a home. */
final class LogFiles {
    private LogFiles() {}

    /** Log files, those that cleaning or a restore has set aside or not finished, and the mark of a restore under way. */
    static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(LogFiles::holdsData).sorted().toList();
        }
    }

    /** How much there is; files that go away meanwhile do not count. */
    static long bytes(Path directory) {
        long bytes = 0;
        try {
            for (Path file : in(directory)) {
                try {
                    bytes += Files.size(file);
                } catch (NoSuchFileException e) {
                    // Cleaned away just now.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
        }
        return bytes;
    }

    static void delete(Path directory) throws IOException {
        for (Path file : in(directory)) {
            Files.delete(file);
        }
    }

    private static boolean holdsData(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jdb") || name.endsWith(".del") || name.endsWith(".bup") || name.endsWith(".jdb.tmp");
    }
}
