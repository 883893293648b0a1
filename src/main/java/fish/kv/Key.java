package fish.kv;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a record: 1 to {@value #BYTES_MAX} bytes of well-formed UTF-8 without NUL. Keys sort by
 * unsigned byte, which for UTF-8 is the order of code points.
 */
public final class Key implements Comparable<Key> {
    /** Bytes, not characters. */
    public static final int BYTES_MAX = 1024;

    private final byte[] bytes;

    private Key(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A key of these bytes, which must not be changed afterwards.
     *
     * @throws BadKeyException if they are none, too many, not UTF-8, or hold a NUL
     */
    public static Key of(byte[] utf8) {
        if (utf8.length == 0) {
            throw new BadKeyException(BadKeyException.Fault.EMPTY, "a key has at least one byte");
        }
        if (utf8.length > BYTES_MAX) {
            throw new BadKeyException(
                    BadKeyException.Fault.TOO_LONG, "a key has at most " + BYTES_MAX + " bytes, not " + utf8.length);
        }
        boolean ascii = true;
        for (byte b : utf8) {
            if (b == 0) {
                throw new BadKeyException(BadKeyException.Fault.NUL, "a key holds no NUL");
            }
            ascii &= b > 0;
        }
        if (!ascii) {
            requireUtf8(utf8);
        }
        return new Key(utf8);
    }

    /**
     * A key of this text.
     *
     * @throws BadKeyException as {@link #of(byte[])}; an unpaired surrogate is not UTF-8
     */
    public static Key of(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return of(bytes);
        } catch (CharacterCodingException e) {
            throw new BadKeyException(BadKeyException.Fault.NOT_UTF8, "a key is UTF-8");
        }
    }

    private static void requireUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw new BadKeyException(BadKeyException.Fault.NOT_UTF8, "a key is UTF-8");
        }
    }

    /** The bytes themselves, not a copy: for reading only. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The key as text. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
