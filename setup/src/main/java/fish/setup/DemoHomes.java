package fish.setup;

import fish.conf.ProgramException;
import fish.home.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The homes that a demo made, and their removal at its end; what was there before it stays. */
final class DemoHomes implements AutoCloseable {
    private final boolean keep;
    private final List<Path> made = new ArrayList<>();

    DemoHomes(boolean keep) {
        this.keep = keep;
    }

    /** A temporary directory for all of them. */
    Path temporary() throws ProgramException {
        return temporary(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** The same, below this one. */
    synchronized Path temporary(Path parent) throws ProgramException {
        try {
            Path directory = Files.createTempDirectory(parent, "fish-demo-");
            made.add(directory);
            return directory;
        } catch (IOException e) {
            throw ProgramException.failed("cannot make a temporary directory: " + e)
                    .because(e);
        }
    }

    synchronized void make(Path home, Clock clock) throws ProgramException {
        Home.make(home, clock);
        made.add(home);
    }

    @Override
    public synchronized void close() {
        if (!keep) {
            for (int i = made.size() - 1; i >= 0; i--) {
                remove(made.get(i));
            }
        }
        made.clear();
    }

    private static void remove(Path tree) {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + tree, e);
        }
    }
}
