package fish.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A directory of backups, each named with the time; other files in it are nobody's business. */
final class BackupDirectory {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern OWN = Pattern.compile("fish-backup-[0-9]{8}T[0-9]{6}Z\\.tar");

    private final Path directory;

    BackupDirectory(Path directory) {
        this.directory = directory;
    }

    /** Of one taken then. */
    Path file(Instant taken) {
        return directory.resolve("fish-backup-" + TIME.format(taken) + ".tar");
    }

    /** Where the next one lies until it is whole. */
    Path partial() {
        return directory.resolve(".fish-backup.partial");
    }

    /** Its own backups, the oldest first. */
    List<Path> backups() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file ->
                            OWN.matcher(String.valueOf(file.getFileName())).matches())
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /**
     * Deletes its oldest backups until no more than so many are left.
     *
     * @param latest was taken last, and stays: where the clock was set back, others have later names
     * @return those that were deleted
     */
    List<Path> keep(int count, Path latest) throws IOException {
        List<Path> all = new ArrayList<>(backups());
        if (all.remove(latest)) {
            all.add(latest);
        }
        List<Path> gone = all.subList(0, Math.max(0, all.size() - count));
        for (Path file : gone) {
            Files.deleteIfExists(file);
        }
        return List.copyOf(gone);
    }
}
