package fish.contract;

import fish.kv.StoredRecord;
import fish.kv.Value;

/** How many bytes a record takes once it is told in JSON, without telling it. */
public final class JsonSize {
    /** Names, numbers and punctuation of one record. */
    private static final int RECORD_BYTES = 96;

    private static final int CONTROL_BYTES = 6;

    private JsonSize() {}

    /** About: to within a third of the value, and never far too little. */
    public static long about(StoredRecord record, boolean withValue) {
        Value value = record.value();
        long head = RECORD_BYTES
                + escaped(record.key().bytes())
                + value.contentType().length()
                + value.contentEncoding().length();
        return withValue ? head + about(value) : head;
    }

    private static long about(Value value) {
        byte[] bytes = value.bytes();
        if (ValueForm.mayBeText(value)) {
            return escaped(bytes);
        }
        return ValueForm.mayBeJson(value) ? bytes.length : (bytes.length + 2) / 3 * 4L;
    }

    private static long escaped(byte[] utf8) {
        int quotes = 0;
        int controls = 0;
        for (byte b : utf8) {
            controls += b >= 0 && b < ' ' ? 1 : 0;
            quotes += b == '"' || b == '\\' ? 1 : 0;
        }
        return utf8.length + quotes + (CONTROL_BYTES - 1L) * controls;
    }
}
