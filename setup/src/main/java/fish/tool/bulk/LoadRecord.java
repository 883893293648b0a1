package fish.tool.bulk;

import fish.kv.Key;
import fish.kv.StoredRecord;
import fish.kv.Value;

/**
 * What one line says.
 *
 * @param line counted from 1
 * @param expiresAtMillis since the epoch, or {@link StoredRecord#NEVER}
 */
record LoadRecord(long line, Key key, Value value, long expiresAtMillis) {
    /** About what it holds of memory. */
    int bytes() {
        return key.bytes().length + value.bytes().length;
    }

    boolean endedBy(long nowMillis) {
        return expiresAtMillis != StoredRecord.NEVER && expiresAtMillis <= nowMillis;
    }
}
