package fish.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file system of its own for a home, in memory, that can be filled. Needs root. Those that a killed run
 * left mounted are unmounted with the next one. Not thread-safe.
 */
public final class SmallDisk implements AutoCloseable {
    private static final String MARK = "fish-small-disk-";
    private static final int CHUNK = 64 << 10;

    private final Path home;
    private final Path before;
    private final Path filler;
    private final AtExit atExit = new AtExit("unmount", this::unmount);

    private SmallDisk(Path home) {
        this.home = home;
        this.before = home.resolveSibling(home.getFileName() + ".before");
        this.filler = home.resolve("filler");
    }

    /** Puts what {@code home} holds onto a disk of that size, which is mounted there from now on. */
    public static SmallDisk under(Path home, int mebibytes) {
        unmountLeftOvers();
        SmallDisk disk = new SmallDisk(home);
        Path before = disk.before;
        Shell.run("mv", home.toString(), before.toString());
        Shell.run("mkdir", home.toString());
        String name = MARK + ProcessHandle.current().pid();
        Shell.run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", name, home.toString());
        Shell.run("cp", "-a", before + "/.", home.toString());
        return disk;
    }

    /** Somebody else takes all room but about so much. */
    public void fill(long bytesLeft) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (usable() - CHUNK >= bytesLeft && fits(out, chunk)) {
                // Until no whole chunk is left: the programs there may take room meanwhile.
            }
            if (bytesLeft == 0) {
                fillUp(out);
            }
        }
    }

    private static void fillUp(OutputStream out) throws IOException {
        byte[] piece = new byte[512];
        for (int i = 0; i < CHUNK && fits(out, piece); i++) {
            // To the last block.
        }
    }

    private static boolean fits(OutputStream out, byte[] bytes) throws IOException {
        try {
            out.write(bytes);
            return true;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No space left")) {
                return false;
            }
            throw e;
        }
    }

    /** There is room again. */
    public void makeRoom() throws IOException {
        Files.deleteIfExists(filler);
    }

    /** Ends it, with all that it holds back on the large disk; no program may have files open there. */
    public void moveBack() {
        Shell.run("rm", "-r", before.toString());
        Shell.run("cp", "-a", home.toString(), before.toString());
        close();
        Shell.run("rmdir", home.toString());
        Shell.run("mv", before.toString(), home.toString());
    }

    public long usable() throws IOException {
        return Files.getFileStore(home).getUsableSpace();
    }

    /** Also while programs still have files open there. */
    @Override
    public void close() {
        unmount();
        atExit.cancel();
    }

    private void unmount() {
        if (mounts().stream().anyMatch(line -> line.split(" ", -1)[1].equals(home.toString()))) {
            Shell.run("umount", "-l", home.toString());
        }
    }

    private static void unmountLeftOvers() {
        for (String line : mounts()) {
            String[] fields = line.split(" ", -1);
            if (fields[0].startsWith(MARK)) {
                long owner = Long.parseLong(fields[0].substring(MARK.length()));
                if (ProcessHandle.of(owner).isEmpty()) {
                    Shell.run("umount", "-l", fields[1]);
                }
            }
        }
    }

    private static List<String> mounts() {
        try {
            return Files.readAllLines(Path.of("/proc/mounts"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
