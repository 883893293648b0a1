package fish.tool.bulk;

import fish.kv.Key;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** Records in the order of their keys, in a temporary file that goes with it. Written once, then read once. One thread. */
final class Spool implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final FileChannel file;
    private final DataOutputStream out;
    private Optional<DataInputStream> in = Optional.empty();

    /**
     * A key and its line.
     *
     * @param line without a newline
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(Key key, byte[] line) {}

    Spool() throws IOException {
        this.file = Scratch.open();
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), BUFFER_BYTES));
    }

    void add(Key key, byte[] line) throws IOException {
        out.writeShort(key.bytes().length);
        out.write(key.bytes());
        out.writeInt(line.length);
        out.write(line);
    }

    /** The next one, from the first; empty behind the last. Nothing is added any more. */
    Optional<Entry> next() throws IOException {
        if (in.isEmpty()) {
            out.flush();
            file.position(0);
            in = Optional.of(new DataInputStream(new BufferedInputStream(Channels.newInputStream(file), BUFFER_BYTES)));
        }
        DataInputStream from = in.get();
        int length;
        try {
            length = from.readUnsignedShort();
        } catch (EOFException e) {
            return Optional.empty();
        }
        byte[] key = new byte[length];
        from.readFully(key);
        byte[] line = new byte[from.readInt()];
        from.readFully(line);
        return Optional.of(new Entry(Key.of(key), line));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
