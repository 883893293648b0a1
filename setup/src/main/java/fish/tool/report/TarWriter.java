package fish.tool.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Writes a tar as POSIX has it (ustar), of files with short names alone. One thread. */
final class TarWriter implements AutoCloseable {
    private static final int BLOCK = 512;
    private static final int NAME_MAX = 100;

    private final OutputStream out;
    private final Instant time;

    /** @param out is closed with it */
    TarWriter(OutputStream out, Instant time) {
        this.out = out;
        this.time = time;
    }

    /** @throws IllegalArgumentException where the name has more than {@value #NAME_MAX} bytes, or is not ASCII */
    void add(String name, byte[] content) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        if (path.length > NAME_MAX || !name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("a name of at most " + NAME_MAX + " ASCII characters, not " + name);
        }
        byte[] head = new byte[BLOCK];
        System.arraycopy(path, 0, head, 0, path.length);
        octal(head, 100, 7, 0600);
        octal(head, 108, 7, 0);
        octal(head, 116, 7, 0);
        octal(head, 124, 11, content.length);
        octal(head, 136, 11, time.getEpochSecond());
        head[156] = '0';
        text(head, 257, "ustar\u000000");
        // The sum is taken with spaces in its own place.
        text(head, 148, "        ");
        int sum = 0;
        for (byte b : head) {
            sum += b & 0xff;
        }
        octal(head, 148, 6, sum);
        head[154] = 0;
        head[155] = ' ';
        out.write(head);
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void text(byte[] head, int at, String ascii) {
        byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, head, at, bytes.length);
    }

    private static void octal(byte[] head, int at, int digits, long number) {
        String text = Long.toOctalString(number);
        text(head, at, "0".repeat(digits - text.length()) + text);
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.close();
    }
}
