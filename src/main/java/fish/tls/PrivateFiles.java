package fish.tls;

import fish.home.WholeFile;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files for their owner's eyes alone, from their first byte on. */
final class PrivateFiles {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFiles() {}

    private static FileAttribute<?>[] mode(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** With those above it; nothing where it is there. */
    static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory, mode("rwx------"));
            WholeFile.forceNamesBeside(directory);
        }
    }

    /** Whole or not at all, a power loss included; in place of what was there. */
    static void write(Path file, String text) throws IOException {
        WholeFile.write(file, text, mode("rw-------"));
    }
}
