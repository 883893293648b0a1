package fish.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** Small files that are whole or not there, a loss of power included: on disk when a method returns. */
public final class WholeFile {
    private static final String PARTIAL = ".tmp";

    private WholeFile() {}

    /**
     * In place of what was there, which is not touched before.
     *
     * @param mode what it is from its first byte on
     */
    public static void write(Path file, String text, FileAttribute<?>... mode) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
        // Left by one that was killed meanwhile, of whatever mode.
        Files.deleteIfExists(partial);
        try (FileChannel channel =
                FileChannel.open(partial, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        forceNamesBeside(file);
    }

    /** What was made, named or deleted in a directory is so after a loss of power too. */
    public static void forceNames(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** What a file holds reaches the disk before this returns, whoever wrote it. */
    public static void forceContent(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** As {@link #forceNames}, of the directory that this lies in. */
    public static void forceNamesBeside(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            forceNames(directory);
        }
    }
}
