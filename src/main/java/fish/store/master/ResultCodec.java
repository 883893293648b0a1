package fish.store.master;

import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Record;
import fish.kv.TxnResult;
import fish.store.RecordCodec;
import fish.store.StoreFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What a transaction answered, as it is kept for those who ask again. */
final class ResultCodec {
    private static final byte FORMAT = 1;

    private static final byte PUT = 1;
    private static final byte DELETED = 2;
    private static final byte GOT = 3;
    private static final byte ABSENT = 4;

    private ResultCodec() {}

    static byte[] encode(TxnResult result) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeBoolean(result.conditionsHeld());
            out.writeLong(result.revision());
            out.writeShort(result.results().size());
            for (OpResult one : result.results()) {
                write(out, one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, OpResult result) throws IOException {
        if (result instanceof OpResult.Put put) {
            head(out, PUT, put.key());
            out.writeLong(put.revision());
            out.writeLong(put.created());
        } else if (result instanceof OpResult.Deleted deleted) {
            head(out, DELETED, deleted.key());
            out.writeBoolean(deleted.deleted());
        } else if (result instanceof OpResult.Got got) {
            Record record = got.record();
            head(out, GOT, got.key());
            bytes(
                    out,
                    RecordCodec.encode(record.value(), record.revision(), record.created(), record.expiresAtMillis()));
        } else {
            head(out, ABSENT, result.key());
        }
    }

    private static void head(DataOutputStream out, byte kind, Key key) throws IOException {
        out.writeByte(kind);
        bytes(out, key.bytes());
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static TxnResult decode(byte[] stored) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
            byte format = in.readByte();
            if (format != FORMAT) {
                throw new StoreFormatException("an answer of format " + format + "; this program knows " + FORMAT);
            }
            boolean held = in.readBoolean();
            long revision = in.readLong();
            int count = in.readShort();
            List<OpResult> results = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                results.add(read(in));
            }
            return new TxnResult(held, revision, results);
        } catch (IOException e) {
            throw new UncheckedIOException("an answer that ends too soon", e);
        }
    }

    private static OpResult read(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        Key key = Key.of(bytes(in));
        return switch (kind) {
            case PUT -> new OpResult.Put(key, in.readLong(), in.readLong());
            case DELETED -> new OpResult.Deleted(key, in.readBoolean());
            case GOT -> new OpResult.Got(RecordCodec.decode(key, bytes(in), true));
            case ABSENT -> new OpResult.Absent(key);
            default -> throw new StoreFormatException("an answer with a result of kind " + kind);
        };
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
