package fish.setup;

import fish.conf.ProgramException;
import fish.home.Home;
import fish.home.WholeFile;
import fish.store.HeldData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A new home, whole or not there, with a checked copy of the data of another group: its node founds a group
 * with it. For one use.
 */
final class RestoredHome {
    private final Clock clock;
    private Optional<Path> movedAside = Optional.empty();

    RestoredHome(Clock clock) {
        this.clock = clock;
    }

    /**
     * Makes it, where there is none.
     *
     * @param moveAside what is there already, once the new one is whole
     * @return what it holds
     */
    HeldData make(Path directory, RestoreFrom source, boolean moveAside) throws ProgramException {
        if (Files.exists(directory) && !moveAside) {
            throw ProgramException.failed(
                    directory + " exists already; nothing was changed (--force moves it aside, and makes a new one)");
        }
        Path partial = directory.resolveSibling(
                directory.getFileName() + ".partial" + clock.instant().toEpochMilli());
        try {
            Home.make(partial, clock);
            Path data = partial.resolve("data");
            source.copyTo(data);
            HeldData held = HeldData.verified(data);
            source.check(held);
            Home.markRestored(partial, source.name());
            WholeFile.forceNames(data);
            if (Files.exists(directory)) {
                movedAside = Optional.of(Home.moveAside(directory, clock));
            }
            Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
            WholeFile.forceNamesBeside(directory);
            return held;
        } catch (IOException e) {
            throw ProgramException.failed("no group can be founded from " + source.name() + ": " + e.getMessage())
                    .because(e);
        } finally {
            discard(partial);
        }
    }

    /** Where what was there is now. */
    Optional<Path> movedAside() {
        return movedAside;
    }

    private static void discard(Path partial) {
        if (!Files.exists(partial)) {
            return;
        }
        try (Stream<Path> files = Files.walk(partial)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // Its name says what it is.
        }
    }
}
