package fish.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The little of the tar format (POSIX ustar) that a backup needs: plain files with short names, each below 8 GiB. What is read must
 * be, byte for byte, what would be written: so a change of any byte shows, and there is nothing to be misled by.
 */
final class Ustar {
    static final int BLOCK = 512;
    /** What 11 octal digits can say. */
    static final long FILE_BYTES_MAX = (1L << 33) - 1;

    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int TIME_AT = 136;
    private static final int SUM_AT = 148;
    private static final int DIGITS = 11;

    /** What stands before the bytes of a file. */
    record Entry(String name, long bytes, long seconds) {}

    private Ustar() {}

    static byte[] header(Entry entry) {
        byte[] block = new byte[BLOCK];
        if (entry.name.length() > NAME_BYTES || entry.bytes > FILE_BYTES_MAX) {
            throw new IllegalArgumentException("too large for a tar: " + entry);
        }
        put(block, 0, entry.name);
        put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(block, SIZE_AT, octal(entry.bytes, DIGITS) + "\0");
        put(block, TIME_AT, octal(entry.seconds, DIGITS) + "\0");
        put(block, SUM_AT, "        ");
        put(block, 156, "0");
        put(block, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        put(block, SUM_AT, octal(sum, 6) + "\0 ");
        return block;
    }

    /**
     * @throws IOException if it is not one as {@link #header} makes it
     */
    static Entry parse(byte[] block) throws IOException {
        int end = 0;
        while (end < NAME_BYTES && block[end] != 0) {
            end++;
        }
        String name = new String(block, 0, end, StandardCharsets.US_ASCII);
        Entry entry = new Entry(name, number(block, SIZE_AT), number(block, TIME_AT));
        if (!Arrays.equals(block, header(entry))) {
            throw new IOException("it is no backup, or was changed");
        }
        return entry;
    }

    static boolean isEnd(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes fill the last block of a file. */
    static int padding(long bytes) {
        return (int) ((BLOCK - bytes % BLOCK) % BLOCK);
    }

    /**
     * @throws IOException if it ends before that
     */
    static byte[] read(InputStream in, int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new IOException("it is cut short");
        }
        return read;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static String octal(long number, int digits) {
        String octal = Long.toOctalString(number);
        return "0".repeat(digits - octal.length()) + octal;
    }

    private static long number(byte[] block, int at) throws IOException {
        long number = 0;
        for (int i = at; i < at + DIGITS; i++) {
            if (block[i] < '0' || block[i] > '7') {
                throw new IOException("it is no backup, or was changed");
            }
            number = number << 3 | block[i] - '0';
        }
        return number;
    }
}
