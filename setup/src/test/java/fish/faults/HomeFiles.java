package fish.faults;

import fish.testing.FishNode;
import fish.testing.Programs;
import fish.testing.SmallDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The files of nodes that are stopped, and the disks they lie on. Needs root for small disks. */
final class HomeFiles {
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

    /** Moves its data to a disk of its own, in memory. */
    SmallDisk onSmallDisk(FishNode node, int megabytes) {
        return SmallDisk.under(home(node).resolve("data"), megabytes);
    }

    private Path home(FishNode node) {
        return programs.data().resolve(node.name());
    }
}
