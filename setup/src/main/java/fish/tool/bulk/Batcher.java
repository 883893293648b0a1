package fish.tool.bulk;

import fish.kv.Txn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Cuts an input into batches, always at the same places. One thread. */
final class Batcher {
    /** Of keys and values; a batch of one record may have more. */
    static final int BATCH_BYTES = 256 << 10;

    private static final String FORM = "load-1 ";

    private final LineReader lines;
    private final String load;
    private final BiConsumer<Long, String> wrong;
    private final List<LoadRecord> records = new ArrayList<>();
    private MessageDigest digest = sha256();
    private Optional<LoadRecord> ahead = Optional.empty();
    private byte[] aheadBytes = {};

    /**
     * @param load which load this is: the keys of its batches differ from those of any other
     * @param wrong told the number of each wrong line, and what is wrong
     */
    Batcher(LineReader lines, String load, BiConsumer<Long, String> wrong) {
        this.lines = lines;
        this.load = load;
        this.wrong = wrong;
    }

    /** The name of a load that nobody named: what is in the file, so that another file is another load. */
    static String digestOf(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(file)) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                digest.update(buffer, 0, length);
            }
        }
        return "content " + HexFormat.of().formatHex(digest.digest());
    }

    /** The next batch, of at least one record; empty at the end. */
    Optional<LoadBatch> next() throws IOException {
        digest = sha256();
        digest.update((FORM + load).getBytes(StandardCharsets.UTF_8));
        records.clear();
        long bytes = 0;
        while (records.size() < Txn.ENTRIES_MAX) {
            if (ahead.isEmpty() && !look()) {
                break;
            }
            LoadRecord record = ahead.orElseThrow();
            if (!records.isEmpty() && bytes + record.bytes() > BATCH_BYTES) {
                break;
            }
            bytes += record.bytes();
            records.add(record);
            digest.update(ByteBuffer.allocate(12)
                    .putLong(record.line())
                    .putInt(aheadBytes.length)
                    .array());
            digest.update(aheadBytes);
            ahead = Optional.empty();
        }
        if (records.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LoadBatch(records, "load-" + HexFormat.of().formatHex(digest.digest(), 0, 20)));
    }

    /** Goes on to the next line that is a record; false at the end. */
    private boolean look() throws IOException {
        while (true) {
            Optional<LineReader.RawLine> line = lines.next();
            if (line.isEmpty()) {
                return false;
            }
            long number = line.get().number();
            if (line.get().tooLong()) {
                wrong.accept(number, "it is longer than any record can be");
            } else if (line.get().bytes().length > 0) {
                try {
                    ahead = Optional.of(LineParser.parse(number, line.get().bytes()));
                    aheadBytes = line.get().bytes();
                    return true;
                } catch (WrongLineException e) {
                    wrong.accept(number, String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
