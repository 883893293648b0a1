package fish.kv;

import java.util.Arrays;

/**
 * Any bytes, with the media type and the content coding that they came with (each empty where none was
 * given). The limit on the bytes is a setting and kept by who takes them in.
 */
public final class Value {
    /** Characters of either header, so that a record's own header stays small. */
    public static final int HEADER_CHARS_MAX = 1024;

    private final byte[] bytes;
    private final String contentType;
    private final String contentEncoding;

    /**
     * A value of these bytes, which must not be changed afterwards.
     *
     * @throws IllegalArgumentException if a header is longer than {@value #HEADER_CHARS_MAX} or has
     *     characters that no HTTP header can carry
     */
    public Value(byte[] bytes, String contentType, String contentEncoding) {
        requireHeader("Content-Type", contentType);
        requireHeader("Content-Encoding", contentEncoding);
        this.bytes = bytes;
        this.contentType = contentType;
        this.contentEncoding = contentEncoding;
    }

    private static void requireHeader(String name, String text) {
        if (text.length() > HEADER_CHARS_MAX) {
            throw new IllegalArgumentException(
                    name + " has at most " + HEADER_CHARS_MAX + " characters, not " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                throw new IllegalArgumentException(name + " holds a character that no header can carry");
            }
        }
    }

    /** The bytes themselves, not a copy: for reading only. */
    public byte[] bytes() {
        return bytes;
    }

    /** As it was given, or empty. */
    public String contentType() {
        return contentType;
    }

    /** As it was given, or empty. */
    public String contentEncoding() {
        return contentEncoding;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Value value
                && Arrays.equals(bytes, value.bytes)
                && contentType.equals(value.contentType)
                && contentEncoding.equals(value.contentEncoding);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes) * 31 + contentType.hashCode();
    }

    @Override
    public String toString() {
        return bytes.length + " bytes of " + (contentType.isEmpty() ? "no type" : contentType);
    }
}
