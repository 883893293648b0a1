package fish.setup;

import fish.conf.ProgramException;
import fish.home.Home;
import fish.home.Role;
import fish.home.StoppedHome;
import fish.store.HeldData;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A new home, whole or not there, with a checked copy of the data of another group: its node founds a group
 * with it. A source of such data only has to put its log files into a directory ({@link Source}).
 */
final class RestoredHome {
    private final Clock clock;

    RestoredHome(Clock clock) {
        this.clock = clock;
    }

    /** What a group can be founded from. */
    interface Source {
        /** Writes the log files, and nothing else, into this directory, which is empty. */
        void copyTo(Path data) throws IOException, ProgramException;

        /** For people: where they come from. */
        String name();
    }

    /** What a back-end's home holds. */
    static final class OfHome implements Source {
        private final StoppedHome home;
        private final Path directory;

        /**
         * @param home stays open until the copy is made
         */
        OfHome(Path directory, StoppedHome home) throws ProgramException {
            this.directory = directory;
            this.home = home;
            if (home.role() != Role.BACK) {
                throw ProgramException.wrong(directory + " is not the home of a back-end");
            }
            String lacking = home.whyNotWhole().orElse("");
            if (!lacking.isEmpty()) {
                throw ProgramException.wrong(directory + " cannot found a group: " + lacking);
            }
        }

        @Override
        public void copyTo(Path data) throws IOException {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(home.dataDir(), "*.jdb")) {
                for (Path file : files) {
                    Path copy = data.resolve(String.valueOf(file.getFileName()));
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                    force(copy, StandardOpenOption.WRITE);
                }
            }
        }

        @Override
        public String name() {
            return directory.toString();
        }
    }

    /**
     * Makes it.
     *
     * @return what it holds
     */
    HeldData make(Path directory, Source source) throws ProgramException {
        if (Files.exists(directory)) {
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
            Home.markRestored(partial, source.name());
            force(data, StandardOpenOption.READ);
            Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                force(parent, StandardOpenOption.READ);
            }
            return held;
        } catch (IOException e) {
            throw ProgramException.failed("no group can be founded from " + source.name() + ": " + e.getMessage())
                    .because(e);
        } finally {
            discard(partial);
        }
    }

    /** What may be lost, as sentences for who restores. */
    static List<String> inWords(HeldData held) {
        String when = held.timeMillis() == 0 ? "" : ", its last write of " + Instant.ofEpochMilli(held.timeMillis());
        return List.of(
                "it holds everything up to revision " + held.lastRevision() + when,
                "up to revision " + held.durableRevision() + " it knows that a majority had it; what came after is kept"
                        + ", though its clients may have been told that it failed",
                "what the old group acknowledged after revision " + held.lastRevision()
                        + ", on nodes that are lost, is missing: where several homes are left, restore the one with"
                        + " the highest");
    }

    private static void force(Path file, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(file, how)) {
            channel.force(true);
        }
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
