package fish.store.master;

import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.StoredRecord;
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
    private static final byte PUT_ENDING = 5;
    private static final byte TOUCHED = 6;
    private static final byte DELETED_RANGE = 7;

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
            boolean ending = put.expiresAtMillis() != StoredRecord.NEVER;
            head(out, ending ? PUT_ENDING : PUT, put.key());
            out.writeLong(put.revision());
            out.writeLong(put.created());
            if (ending) {
                out.writeLong(put.expiresAtMillis());
            }
        } else if (result instanceof OpResult.Deleted deleted) {
            head(out, DELETED, deleted.key());
            out.writeBoolean(deleted.deleted());
        } else if (result instanceof OpResult.Got got) {
            StoredRecord record = got.record();
            head(out, GOT, got.key());
            bytes(
                    out,
                    RecordCodec.encode(record.value(), record.revision(), record.created(), record.expiresAtMillis()));
        } else if (result instanceof OpResult.Touched touched) {
            head(out, TOUCHED, touched.key());
            out.writeLong(touched.revision());
            out.writeLong(touched.created());
            out.writeLong(touched.expiresAtMillis());
        } else if (result instanceof OpResult.DeletedRange range) {
            out.writeByte(DELETED_RANGE);
            out.writeInt(range.deleted());
            out.writeBoolean(range.more());
        } else if (result instanceof OpResult.Absent absent) {
            head(out, ABSENT, absent.key());
        } else {
            throw new IllegalArgumentException("no write answers " + result);
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
        if (kind == DELETED_RANGE) {
            return new OpResult.DeletedRange(in.readInt(), in.readBoolean());
        }
        Key key = Key.of(bytes(in));
        return switch (kind) {
            case PUT -> new OpResult.Put(key, in.readLong(), in.readLong(), StoredRecord.NEVER);
            case PUT_ENDING -> new OpResult.Put(key, in.readLong(), in.readLong(), in.readLong());
            case TOUCHED -> new OpResult.Touched(key, in.readLong(), in.readLong(), in.readLong());
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
