package fish.tool;

import fish.backup.BackupReader;
import fish.backup.Manifest;
import fish.contract.Headers;
import fish.home.WholeFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One backup, fetched into a file that is whole or not there: it has another name until it has been read back, checked and forced to the
 * disk.
 */
final class BackupFile {
    private static final String PARTIAL = ".partial";
    private static final int BUFFER_BYTES = 256 << 10;

    private final NodeHttp http;
    private final Progress progress;

    /** Told how far it is. */
    interface Progress {
        /**
         * @param about how much there will be; 0 where nobody knows
         */
        void at(long bytes, long about);
    }

    BackupFile(NodeHttp http, Progress progress) {
        this.http = http;
        this.progress = progress;
    }

    /**
     * Takes one. What was in the way is replaced by a whole one only.
     *
     * @param partial where it lies until it is whole; left from one that broke off, it is replaced
     * @param file named once it is taken
     * @throws NodeFailedException if the node gives none, or none that is whole
     * @throws IOException if it cannot be written
     */
    Manifest take(URI node, Path partial, Supplier<Path> file) throws NodeFailedException, IOException {
        try (FileChannel channel = opened(partial);
                FileLock lock = lock(channel, partial)) {
            boolean whole = false;
            try {
                fetch(node, Channels.newOutputStream(channel));
                channel.force(true);
                Manifest manifest = verified(partial);
                Path target = file.get();
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
                whole = true;
                WholeFile.forceNamesBeside(target);
                return manifest;
            } finally {
                if (!whole) {
                    Files.deleteIfExists(partial);
                }
                lock.release();
            }
        }
    }

    /** Beside the file. */
    static Path partial(Path file) {
        return file.resolveSibling("." + file.getFileName() + PARTIAL);
    }

    /**
     * Always a new file. One that is there may be anybody's, may be a link, and may even be a whole backup by now: whoever
     * wrote it could have given it its name between our opening it and our locking it.
     */
    private static FileChannel opened(Path partial) throws IOException {
        try {
            return made(partial);
        } catch (FileAlreadyExistsException e) {
            removeLeft(partial);
            return made(partial);
        }
    }

    private static FileChannel made(Path partial) throws IOException {
        return FileChannel.open(
                partial, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), onlyForItsOwner(partial));
    }

    /** Unless somebody is still writing it. */
    private static void removeLeft(Path partial) throws IOException {
        try (FileChannel left = FileChannel.open(partial, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = lock(left, partial)) {
            Files.deleteIfExists(partial);
            lock.release();
        } catch (NoSuchFileException e) {
            // It is whole meanwhile, and has its name.
        }
    }

    /** It holds all of the data. */
    private static FileAttribute<?>[] onlyForItsOwner(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static FileLock lock(FileChannel channel, Path partial) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // By this very process.
        }
        throw new IOException("another backup is being written there: " + partial);
    }

    private void fetch(URI node, OutputStream out) throws NodeFailedException, IOException {
        try (NodeHttp.Streamed answer = http.stream(node, "/cluster/backup")) {
            long about = answer.number(Headers.BACKUP_BYTES);
            byte[] buffer = new byte[BUFFER_BYTES];
            long bytes = 0;
            for (int count = read(answer, buffer); count >= 0; count = read(answer, buffer)) {
                out.write(buffer, 0, count);
                bytes += count;
                progress.at(bytes, about);
            }
        }
    }

    private static int read(NodeHttp.Streamed answer, byte[] buffer) throws NodeFailedException {
        try {
            return answer.body.read(buffer);
        } catch (IOException e) {
            throw new NodeFailedException("no-connection", "the backup broke off: " + e.getMessage(), e);
        }
    }

    private static Manifest verified(Path file) throws NodeFailedException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            return BackupReader.verify(in);
        } catch (IOException e) {
            throw new NodeFailedException("bad-answer", "what came is no backup: " + e.getMessage(), e);
        }
    }
}
