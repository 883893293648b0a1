package fish.home;

import fish.conf.ProgramException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A home that is looked at while its node does not run, and cannot be started. Nothing in it is changed, and
 * it need not be writable.
 */
public final class StoppedHome implements AutoCloseable {
    private final Path directory;
    private final HomeFile remembered;
    private final @Nullable FileChannel lock;

    private StoppedHome(Path directory, HomeFile remembered, @Nullable FileChannel lock) {
        this.directory = directory;
        this.remembered = remembered;
        this.lock = lock;
    }

    /**
     * @throws ProgramException if it is none, or in use
     */
    public static StoppedHome open(Path directory) throws ProgramException {
        if (!Files.exists(directory.resolve(HomeFile.FILE))) {
            throw ProgramException.wrong(directory + " is not a node's home");
        }
        HomeFile remembered = HomeFile.read(directory);
        Path file = directory.resolve(Home.LOCK);
        if (!Files.exists(file)) {
            return new StoppedHome(directory, remembered, null);
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                // Shared is enough against a node, which wants it alone, and needs no right to write.
                FileLock held = channel.tryLock(0, Long.MAX_VALUE, true);
                if (held != null) {
                    return new StoppedHome(directory, remembered, channel);
                }
            } catch (OverlappingFileLockException e) {
                // In use by this very process.
            }
            channel.close();
            throw ProgramException.failed(directory + " is in use by another process: stop that first");
        } catch (IOException e) {
            throw ProgramException.failed("cannot lock %s: %s".formatted(directory, e))
                    .because(e);
        }
    }

    public Role role() {
        return remembered.role();
    }

    public String group() {
        return remembered.group();
    }

    public String name() {
        return remembered.name();
    }

    public Path dataDir() {
        return directory.resolve(Home.DATA);
    }

    /** Why what it holds is not all that its node had; empty if it is. */
    public Optional<String> whyNotWhole() {
        if (remembered.state() != State.MEMBER) {
            return Optional.of("its node was never in a group");
        }
        return Files.exists(dataDir().resolve(FILLING))
                ? Optional.of("its node was being filled with the group's data, and had not all of it")
                : Optional.empty();
    }

    /** Of a back-end that is being filled; {@code fish.group.FillMarker} writes it. */
    static final String FILLING = "filling";

    @Override
    public void close() {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock " + directory, e);
        }
    }
}
