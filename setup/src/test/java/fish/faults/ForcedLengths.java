package fish.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much of each log file its node has forced to disk: noted beside it at each fsync, and cut off
 * there when the power fails. JE only ever appends to its logs. The directory itself is taken to survive.
 */
public final class ForcedLengths {
    private static final String NOTE = ".forced";
    private static final String LIES = "disk.lies";

    private ForcedLengths() {}

    /** Called instead of {@link FileChannel#force}. What is appended meanwhile may be forced and is not counted. */
    public static void force(FileChannel channel, boolean metaData) throws IOException {
        long length = channel.size();
        channel.force(metaData);
        try {
            Field field = channel.getClass().getDeclaredField("path");
            field.setAccessible(true);
            Path path = Path.of((String) field.get(channel));
            if (!Files.exists(path.resolveSibling(LIES))) {
                note(Path.of(path + NOTE), length);
            }
        } catch (ReflectiveOperationException e) {
            throw new IOException("this JDK does not say which file a channel is of", e);
        }
    }

    /** From now on the disks under this directory say that they have forced what they have not. */
    static void lie(Path directory) throws IOException {
        List<Path> homes;
        try (Stream<Path> files = Files.walk(directory)) {
            homes = files.filter(file -> file.toString().endsWith(".jdb"))
                    .map(Path::getParent)
                    .distinct()
                    .toList();
        }
        for (Path home : homes) {
            Files.writeString(home.resolve(LIES), "");
        }
    }

    private static synchronized void note(Path note, long length) throws IOException {
        if (Files.exists(note) && read(note) >= length) {
            return;
        }
        try (FileChannel out = FileChannel.open(note, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.allocate(Long.BYTES).putLong(0, length), 0);
        }
    }

    private static long read(Path note) throws IOException {
        byte[] bytes = Files.readAllBytes(note);
        return bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    /**
     * The power fails: drops what the nodes under this directory, all of them dead, had not forced.
     *
     * @return how many bytes that were
     */
    static long cut(Path directory) throws IOException {
        List<Path> logs;
        List<Path> lies;
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> all = files.toList();
            logs = all.stream().filter(file -> file.toString().endsWith(".jdb")).toList();
            lies = all.stream().filter(file -> file.endsWith(LIES)).toList();
        }
        for (Path lie : lies) {
            Files.delete(lie);
        }
        return logs.stream().mapToLong(ForcedLengths::cutOne).sum();
    }

    private static long cutOne(Path log) {
        try {
            Path note = Path.of(log + NOTE);
            long forced = Files.exists(note) ? read(note) : 0;
            long dropped = Math.max(0, Files.size(log) - forced);
            if (forced == 0) {
                Files.delete(log);
            } else if (dropped > 0) {
                try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                    channel.truncate(forced);
                }
            }
            return dropped;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
