package fish.tool.bulk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Temporary files that nobody finds: their names are gone once they are open, and so they go with this process, however it ends. */
final class Scratch {
    private Scratch() {}

    /** To be written and read; its room is free once it is closed. */
    static FileChannel open(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "fish-export-", ".part");
        try {
            return FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Where the system has them. */
    static FileChannel open() throws IOException {
        return open(Path.of(System.getProperty("java.io.tmpdir")));
    }
}
