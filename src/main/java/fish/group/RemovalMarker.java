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
 * The file in a home that says that its node learnt that its group removed it. Without it the home would be taken for
 * a member's when it is opened again, and where none of the others answers there is nobody to say otherwise.
 */
final class RemovalMarker {
    static final String FILE = "removed";
    private static final String FORMAT = "1";

    private final Path home;

    RemovalMarker(Path home) {
        this.home = home;
    }

    /** Does what it can: a home without it is refused by the group alone. */
    void write(RemovedException removed) {
        try {
            WholeFile.write(home.resolve(FILE), FORMAT + "\n" + removed.atMillis() + "\n");
        } catch (IOException e) {
            // The disk is full, or gone, and the node ends anyway.
        }
    }

    /** @throws UncheckedIOException if it cannot be read */
    Optional<RemovedException> read() {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            if (lines.size() != 2 || !lines.get(0).equals(FORMAT)) {
                throw new IOException(file + " is of a form that this program does not know");
            }
            return Optional.of(new RemovedException(Long.parseLong(lines.get(1))));
        } catch (NumberFormatException e) {
            throw new UncheckedIOException(new IOException(file + " has no time", e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
