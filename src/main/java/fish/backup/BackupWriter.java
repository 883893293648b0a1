package fish.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Writes a backup: the log files one after the other, {@value #MANIFEST}, and last of all {@value #SUMS}, in the form
 * that {@code sha256sum -c} reads. Without that last entry it is no backup: one that was cut short is seen as that. Holds one buffer, and
 * some 80 bytes for each file. For one thread.
 */
public final class BackupWriter {
    /** Under which the log files lie. */
    static final String DATA = "data/";

    static final String MANIFEST = "manifest.json";
    static final String SUMS = "SHA256SUMS";

    private static final int BUFFER_BYTES = 128 << 10;
    static final int BLOCKS_AT_END = 2;

    private final OutputStream out;
    private final Manifest.Origin origin;
    private final StringBuilder sums = new StringBuilder();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int files;
    private long bytes;

    /**
     * @param out written to in large pieces; left open
     */
    public BackupWriter(OutputStream out, Manifest.Origin origin) {
        this.out = out;
        this.origin = origin;
    }

    /**
     * Adds a log file.
     *
     * @param name such as {@code 00000000.jdb}
     * @param size as many bytes are read
     * @throws IOException if there are less
     */
    public void file(String name, long size, InputStream in) throws IOException {
        entry(DATA + name, size, in);
        files++;
        bytes += size;
    }

    /** Makes it a whole one. */
    public void finish(long revision, boolean durable) throws IOException {
        byte[] manifest = new Manifest(origin, revision, durable, files, bytes).toJson();
        entry(MANIFEST, manifest.length, InputStream.nullInputStream(), manifest);
        byte[] ends = sums.toString().getBytes(StandardCharsets.US_ASCII);
        entry(SUMS, ends.length, InputStream.nullInputStream(), ends);
        out.write(new byte[BLOCKS_AT_END * Ustar.BLOCK]);
        out.flush();
    }

    private void entry(String name, long size, InputStream in) throws IOException {
        entry(name, size, in, new byte[0]);
    }

    private void entry(String name, long size, InputStream in, byte[] start) throws IOException {
        out.write(Ustar.header(new Ustar.Entry(name, size, origin.taken().getEpochSecond())));
        MessageDigest digest = Sums.digest();
        out.write(start);
        digest.update(start);
        long left = size - start.length;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException(name + " has become shorter");
            }
            digest.update(buffer, 0, count);
            out.write(buffer, 0, count);
            left -= count;
        }
        out.write(new byte[Ustar.padding(size)]);
        sums.append(Sums.line(name, digest));
    }
}
