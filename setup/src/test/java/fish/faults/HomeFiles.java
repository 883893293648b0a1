package fish.faults;

import fish.testing.FishNode;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** The files of nodes that are stopped, and the disks they lie on. Needs root for small disks. */
final class HomeFiles {
    private static final Duration COMMAND_MAX = Duration.ofSeconds(30);
    private static final int PIECE_BYTES = 1 << 20;
    private static final String BALLAST = "ballast";

    private final Programs programs;
    private final Random random;

    HomeFiles(Programs programs, Random random) {
        this.programs = programs;
        this.random = random;
    }

    /** Changes one byte of any file; says which. */
    String flip(FishNode node) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(home(node))) {
            all = walk.filter(path -> Files.isRegularFile(path) && path.toFile().length() > 0)
                    .sorted()
                    .toList();
        }
        Path file = all.get(random.nextInt(all.size()));
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = random.nextLong(bytes.length());
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ (1 + random.nextInt(255)));
            return home(node).relativize(file) + "@" + at + "/" + bytes.length();
        }
    }

    /** Moves its data to a disk of its own, in memory; gives where that is. */
    Path onSmallDisk(FishNode node, int megabytes) {
        Path data = home(node).resolve("data");
        Path aside = home(node).resolve("aside");
        run("mv", data.toString(), aside.toString());
        run("mkdir", data.toString());
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", data.toString());
        run("sh", "-c", "cp -a \"$1\"/. \"$2\"", "sh", aside.toString(), data.toString());
        run("rm", "-r", aside.toString());
        return data;
    }

    /** Moves its data back. */
    void onLargeDisk(FishNode node) {
        Path data = home(node).resolve("data");
        Path aside = home(node).resolve("aside");
        run("cp", "-a", data.toString(), aside.toString());
        run("umount", data.toString());
        run("rmdir", data.toString());
        run("mv", aside.toString(), data.toString());
    }

    /** Takes all room that is left on the disk; gives the file that does. */
    Path fill(Path directory) throws IOException {
        Path ballast = directory.resolve(BALLAST);
        byte[] piece = new byte[PIECE_BYTES];
        try (OutputStream out =
                Files.newOutputStream(ballast, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (directory.toFile().getUsableSpace() > 0) {
                out.write(
                        piece, 0, (int) Math.min(PIECE_BYTES, directory.toFile().getUsableSpace()));
            }
        } catch (IOException e) {
            // Full, which is what is wanted.
            if (directory.toFile().getUsableSpace() > PIECE_BYTES) {
                throw e;
            }
        }
        return ballast;
    }

    void remove(Path file) throws IOException {
        Files.delete(file);
    }

    private Path home(FishNode node) {
        return programs.data().resolve(node.name());
    }

    private void run(String... command) {
        try (Program program = Program.start(command[0], List.of(command), Map.of(), programs.data())) {
            if (program.awaitExit(COMMAND_MAX) != 0) {
                throw new AssertionError(List.of(command) + ": " + program.output());
            }
        }
    }
}
