package fish.setup;

import fish.backup.BackupReader;
import fish.backup.Manifest;
import fish.conf.ProgramException;
import fish.home.Role;
import fish.home.StoppedHome;
import fish.home.WholeFile;
import fish.store.HeldData;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What a group can be founded from. Nothing in it is changed. */
interface RestoreFrom {
    /** Writes the log files, and nothing else, into this directory, which is empty, and forces them to the disk. */
    void copyTo(Path data) throws IOException;

    /**
     * @throws IOException if this is not what there was to be
     */
    void check(HeldData held) throws IOException;

    /** For people: where they come from. */
    String name();

    /** The group whose data it is; once it was copied. */
    String group();

    /** What may be lost, as sentences for who restores; once it was copied. */
    List<String> inWords(HeldData held);

    /** How far the data goes. */
    private static String upTo(HeldData held) {
        String when = held.timeMillis() == 0 ? "" : ", its last write of " + Instant.ofEpochMilli(held.timeMillis());
        return "it holds everything up to revision " + held.lastRevision() + when;
    }

    private static String knownDurable(HeldData held) {
        return "up to revision " + held.durableRevision() + " it knows that a majority had it; what came after is kept"
                + ", though its clients may have been told that it failed";
    }

    /** What a stopped back-end's home holds. */
    final class OfHome implements RestoreFrom {
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
                    WholeFile.forceContent(copy);
                }
            }
        }

        @Override
        public void check(HeldData held) {}

        @Override
        public String name() {
            return directory.toString();
        }

        @Override
        public String group() {
            return home.group();
        }

        @Override
        public List<String> inWords(HeldData held) {
            return List.of(
                    upTo(held),
                    knownDurable(held),
                    "what the old group acknowledged after revision " + held.lastRevision()
                            + ", on nodes that are lost, is missing: where several homes are left, restore the one with"
                            + " the highest");
        }
    }

    /** A file of {@code GET /cluster/backup} or {@code bin/fish backup}. */
    final class OfBackup implements RestoreFrom {
        private final Path file;
        private final List<Manifest> read = new ArrayList<>();

        OfBackup(Path file) {
            this.file = file;
        }

        @Override
        public void copyTo(Path data) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                read.add(BackupReader.read(in, (name, bytes) -> new ForcedFile(data.resolve(name))));
            }
        }

        private Manifest manifest() {
            return read.get(0);
        }

        @Override
        public void check(HeldData held) throws IOException {
            if (held.lastRevision() < manifest().revision()) {
                throw new IOException("it says that it goes up to revision "
                        + manifest().revision() + ", and ends at " + held.lastRevision());
            }
        }

        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public String group() {
            return manifest().origin().group();
        }

        @Override
        public List<String> inWords(HeldData held) {
            Manifest.Origin origin = manifest().origin();
            return List.of(
                    "it was taken at " + origin.taken().truncatedTo(ChronoUnit.SECONDS) + " from " + origin.node(),
                    upTo(held),
                    manifest().durable() ? "a majority had all of it" : knownDurable(held),
                    "what the old group did after revision " + held.lastRevision() + " is missing");
        }
    }

    /** A new file, on the disk once it is closed. */
    final class ForcedFile extends FilterOutputStream {
        private final Path file;

        ForcedFile(Path file) throws IOException {
            super(opened(file));
            this.file = file;
        }

        private static OutputStream opened(Path file) throws IOException {
            return new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            super.close();
            WholeFile.forceContent(file);
        }
    }
}
