package fish.store.backup;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.util.LogVerificationException;
import com.sleepycat.je.util.LogVerificationInputStream;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.store.JeErrors;
import fish.store.Store;
import fish.store.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks through an open store's log files for damage, a few at a time: every entry's checksum is computed again. Changes nothing, also where
 * it finds some; JE meets damage that matters by itself, when it reads it.
 *
 * @param files that were read whole
 * @param bytes of them
 * @param damaged those that are damaged
 * @param next where to go on; empty: that was all
 */
public record LogCheck(int files, long bytes, List<Damage> damaged, String next) {
    private static final int BUFFER_BYTES = 128 << 10;

    /** What is wrong with a file. */
    public record Damage(String file, String reason) {}

    /**
     * Reads whole files until the time is over, and one at least. The file that JE writes to just now is never read.
     *
     * @param from the name of the first; empty: the very first, and the file being written is finished, so that it is read in its turn
     * @throws UnavailableException if the store is closed meanwhile
     */
    public static LogCheck some(Store store, String from, long nanosMax) throws IOException {
        if (from.isEmpty()) {
            HotCopy.begin(store).close();
        }
        List<String> names = finished(store, from);
        long start = System.nanoTime();
        int files = 0;
        long bytes = 0;
        List<Damage> damaged = new ArrayList<>();
        for (String name : names) {
            if (files > 0 && System.nanoTime() - start >= nanosMax) {
                return new LogCheck(files, bytes, damaged, name);
            }
            try {
                bytes += read(store, name);
            } catch (LogVerificationException e) {
                damaged.add(new Damage(name, String.valueOf(e.getMessage())));
            }
            files++;
        }
        if (!store.isOpen()) {
            throw reopened("");
        }
        return new LogCheck(files, bytes, damaged, "");
    }

    private static List<String> finished(Store store, String from) throws IOException {
        try (Stream<Path> all = Files.list(store.environment().getHome().toPath())) {
            List<String> names = all.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("[0-6][0-9a-f]{7}\\.jdb"))
                    .sorted()
                    .toList();
            return names.subList(0, Math.max(0, names.size() - 1)).stream()
                    .filter(name -> name.compareTo(from) >= 0)
                    .toList();
        }
    }

    private static long read(Store store, String name) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long bytes = 0;
        try (InputStream file = Files.newInputStream(
                        store.environment().getHome().toPath().resolve(name));
                InputStream in = new LogVerificationInputStream(store.environment(), file, name)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                bytes += count;
            }
            return bytes;
        } catch (NoSuchFileException e) {
            return 0; // JE had no use for it any more
        } catch (DatabaseException | IllegalStateException e) {
            throw reopened(": " + JeErrors.explain(e));
        }
    }

    private static UnavailableException reopened(String why) {
        return new UnavailableException(new Failure(Reason.STARTING, "the store is being reopened" + why));
    }
}
