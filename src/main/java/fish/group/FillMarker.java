package fish.group;

import fish.home.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file in a home that says that what lies there is not all that the group has: a back-end must not vote
 * with it, and a front-end must not call it a state of the store. On disk when a method returns. Thread-safe
 * as far as the one node that owns the home needs.
 */
final class FillMarker {
    static final String FILE = "filling";
    private static final String FORMAT = "1";

    private final Path home;

    FillMarker(Path home) {
        this.home = home;
    }

    /**
     * @param aside the directory in the home where the logs go that were here before; empty where there are none
     * @param moving whether some of them may still be to be moved there
     */
    record Content(String aside, boolean moving) {
        static final Content BLANK = new Content("", false);
    }

    /**
     * @throws UncheckedIOException if it cannot be read
     */
    Optional<Content> read() {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            if (lines.size() != 3 || !lines.get(0).equals(FORMAT)) {
                throw new IOException(file + " is of a form that this program does not know");
            }
            return Optional.of(new Content(lines.get(1), Boolean.parseBoolean(lines.get(2))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isThere() {
        return Files.exists(home.resolve(FILE));
    }

    void write(Content content) {
        String text = String.join("\n", FORMAT, content.aside(), Boolean.toString(content.moving()));
        try {
            WholeFile.write(home.resolve(FILE), text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + home, e);
        }
    }

    /** What lies there is whole. */
    void remove() {
        try {
            Files.deleteIfExists(home.resolve(FILE));
            WholeFile.forceNames(home);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + home, e);
        }
    }
}
