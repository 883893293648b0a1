package fish.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * Reads a backup, and takes nothing for one that is not whole, byte for byte, as {@link BackupWriter} wrote it. What it hands out before it
 * has come to the end is not checked yet. Holds one buffer, and some 80 bytes for each file. For one thread.
 */
public final class BackupReader {
    private static final Pattern LOG_FILE = Pattern.compile("[0-9a-f]{8}\\.jdb");
    private static final int MANIFEST_BYTES_MAX = 64 << 10;
    private static final int BUFFER_BYTES = 128 << 10;

    /** Where the log files go. */
    @FunctionalInterface
    public interface Target {
        /**
         * @param name such as {@code 00000000.jdb}, and never with a path; each one greater than the one before
         * @return closed once the file is in it
         */
        OutputStream file(String name, long bytes) throws IOException;
    }

    private final InputStream in;
    private final Target target;
    private final StringBuilder sums = new StringBuilder();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private String lastName = "";
    private int files;
    private long bytes;

    private BackupReader(InputStream in, Target target) {
        this.in = in;
        this.target = target;
    }

    /**
     * Reads all of it, to the last byte of the stream, which is left open.
     *
     * @param in read from in large pieces
     * @throws IOException if it is no backup, cut short or changed, in words for people; or as stream and target throw it
     */
    public static Manifest read(InputStream in, Target target) throws IOException {
        return new BackupReader(in, target).read();
    }

    /** As {@link #read}, for nothing but to know whether it is good. */
    public static Manifest verify(InputStream in) throws IOException {
        return read(in, (name, size) -> OutputStream.nullOutputStream());
    }

    private Manifest read() throws IOException {
        byte[] first = in.readNBytes(Ustar.BLOCK);
        if (first.length == 0) {
            throw new IOException("it is empty");
        }
        if (first.length < Ustar.BLOCK) {
            throw new IOException("it is no backup");
        }
        Ustar.Entry entry = Ustar.parse(first);
        while (!entry.name().equals(BackupWriter.MANIFEST)) {
            logFile(entry);
            entry = next();
        }
        Manifest manifest = Manifest.fromJson(small(entry, MANIFEST_BYTES_MAX));
        String expected = sums.toString();
        entry = next();
        byte[] sumsOfAll = small(entry, expected.length());
        if (!entry.name().equals(BackupWriter.SUMS)
                || !new String(sumsOfAll, StandardCharsets.US_ASCII).equals(expected)) {
            throw new IOException("it was changed: what it holds does not have the checksums that it names");
        }
        end();
        if (manifest.files() != files || manifest.bytes() != bytes) {
            throw new IOException("it does not hold the files that its manifest counts");
        }
        return manifest;
    }

    private Ustar.Entry next() throws IOException {
        return Ustar.parse(Ustar.read(in, Ustar.BLOCK));
    }

    private void logFile(Ustar.Entry entry) throws IOException {
        String name =
                entry.name().startsWith(BackupWriter.DATA) ? entry.name().substring(BackupWriter.DATA.length()) : "";
        if (!LOG_FILE.matcher(name).matches() || name.compareTo(lastName) <= 0) {
            throw new IOException("it is no backup, or was changed");
        }
        lastName = name;
        MessageDigest digest = Sums.digest();
        try (OutputStream out = target.file(name, entry.bytes())) {
            long left = entry.bytes();
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new IOException("it is cut short");
                }
                digest.update(buffer, 0, count);
                out.write(buffer, 0, count);
                left -= count;
            }
        }
        padding(entry);
        sums.append(Sums.line(entry.name(), digest));
        files++;
        bytes += entry.bytes();
    }

    /** An entry that fits into memory. */
    private byte[] small(Ustar.Entry entry, int bytesMax) throws IOException {
        if (entry.bytes() > bytesMax) {
            throw new IOException("it was changed: " + entry.name() + " is too large");
        }
        byte[] content = Ustar.read(in, (int) entry.bytes());
        padding(entry);
        MessageDigest digest = Sums.digest();
        digest.update(content);
        sums.append(Sums.line(entry.name(), digest));
        return content;
    }

    private void padding(Ustar.Entry entry) throws IOException {
        if (!Ustar.isEnd(Ustar.read(in, Ustar.padding(entry.bytes())))) {
            throw new IOException("it was changed");
        }
    }

    private void end() throws IOException {
        if (!Ustar.isEnd(Ustar.read(in, BackupWriter.BLOCKS_AT_END * Ustar.BLOCK))) {
            throw new IOException("it was changed");
        }
        if (in.read() >= 0) {
            throw new IOException("it was changed: there is more behind its end");
        }
    }
}
