package fish.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Adler32;

/** Changes bytes in the log files of a JE environment, as bad memory or a bad disk would. */
public final class JeLog {
    private static final int SUM_BYTES = 4;
    private static final int TYPE_AT = 4;
    private static final int FLAGS_AT = 5;
    private static final int SIZE_AT = 10;
    private static final int HEADER_BYTES = 14;
    private static final int REPLICATED = 0x20;
    private static final int HAS_VLSN = 0x08;

    private JeLog() {}

    /**
     * Replaces a text wherever it stands in the log, and makes the checksums fit. Nobody may use the environment.
     *
     * @param by as long as the text
     */
    public static void replace(Path directory, String text, String by) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        int count = 0;
        for (Path file : logs(directory)) {
            byte[] log = Files.readAllBytes(file);
            for (int at = indexOf(log, wanted, 0); at >= 0; at = indexOf(log, wanted, at + 1)) {
                System.arraycopy(by.getBytes(StandardCharsets.UTF_8), 0, log, at, wanted.length);
                sum(log, at);
                count++;
            }
            Files.write(file, log);
        }
        if (count == 0) {
            throw new AssertionError("nowhere in the log: " + text);
        }
    }

    /**
     * Changes one bit of this text in the log, behind the back of whoever uses it.
     *
     * @return the file it was in
     */
    public static Path flip(Path directory, String text) throws IOException {
        for (Path file : logs(directory)) {
            byte[] log = Files.readAllBytes(file);
            int at = indexOf(log, text.getBytes(StandardCharsets.UTF_8), 0);
            if (at >= 0) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(new byte[] {(byte) (log[at] ^ 1)}), at);
                }
                return file;
            }
        }
        throw new AssertionError("nowhere in the log: " + text);
    }

    /** Of the entry that this byte is in. */
    private static void sum(byte[] log, int changed) {
        ByteBuffer entries = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        int begin = 0;
        int end = 0;
        while (end <= changed) {
            begin = end;
            if (log[begin + TYPE_AT] == 0) {
                throw new AssertionError("no entry at " + begin);
            }
            boolean vlsn = (log[begin + FLAGS_AT] & (REPLICATED | HAS_VLSN)) != 0;
            end = begin + HEADER_BYTES + (vlsn ? Long.BYTES : 0) + entries.getInt(begin + SIZE_AT);
        }
        Adler32 adler = new Adler32();
        adler.update(log, begin + SUM_BYTES, end - begin - SUM_BYTES);
        entries.putInt(begin, (int) adler.getValue());
    }

    private static List<Path> logs(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jdb"))
                    .sorted()
                    .toList();
        }
    }

    private static int indexOf(byte[] in, byte[] wanted, int from) {
        for (int at = from; at <= in.length - wanted.length; at++) {
            int i = 0;
            while (i < wanted.length && in[at + i] == wanted[i]) {
                i++;
            }
            if (i == wanted.length) {
                return at;
            }
        }
        return -1;
    }
}
