package fish.link;

import fish.kv.BadKeyException;
import fish.kv.Key;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message, trusting nothing: a length is held against what is left before anything is made
 * of it. Each method throws where its piece is not there or not right. Not thread-safe; it is of use only
 * while it is being handed over, for its bytes are then written over.
 */
final class MessageReader {
    private final ByteBuffer bytes;

    /**
     * @param bytes the message from position to limit, big-endian
     */
    MessageReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Bytes left. */
    int remaining() {
        return bytes.remaining();
    }

    int u8() throws MalformedMessageException {
        require(1);
        return bytes.get() & 0xff;
    }

    boolean flag() throws MalformedMessageException {
        return u8(0, 1) == 1;
    }

    int u8(int min, int max) throws MalformedMessageException {
        return (int) inRange(u8(), min, max);
    }

    int i32(int min, int max) throws MalformedMessageException {
        require(4);
        return (int) inRange(bytes.getInt(), min, max);
    }

    long i64() throws MalformedMessageException {
        require(8);
        return bytes.getLong();
    }

    long i64(long min, long max) throws MalformedMessageException {
        return inRange(i64(), min, max);
    }

    int u16(int max) throws MalformedMessageException {
        require(2);
        return (int) inRange(bytes.getShort() & 0xffff, 0, max);
    }

    Key key() throws MalformedMessageException {
        byte[] name = shortBytes(Key.BYTES_MAX);
        try {
            return Key.of(name);
        } catch (BadKeyException e) {
            throw new MalformedMessageException("a key that is none", e);
        }
    }

    byte[] shortBytes(int max) throws MalformedMessageException {
        return take(u16(max));
    }

    byte[] longBytes() throws MalformedMessageException {
        return take(i32(0, Integer.MAX_VALUE));
    }

    String latin1(int max) throws MalformedMessageException {
        return new String(shortBytes(max), StandardCharsets.ISO_8859_1);
    }

    String text() throws MalformedMessageException {
        boolean wellFormed = flag();
        byte[] coded = longBytes();
        if (wellFormed) {
            return utf8(coded);
        }
        if (coded.length % 2 != 0) {
            throw new MalformedMessageException("half a UTF-16 character");
        }
        // not with the charset's own decoder, which drops what has no partner
        StringBuilder text = new StringBuilder(coded.length / 2);
        for (int i = 0; i < coded.length; i += 2) {
            text.append((char) ((coded[i] & 0xff) << 8 | (coded[i + 1] & 0xff)));
        }
        return text.toString();
    }

    /** A number of things that follow, each of at least so many bytes. */
    int count(int max, int bytesEachMin) throws MalformedMessageException {
        int count = i32(0, max);
        if ((long) count * bytesEachMin > bytes.remaining()) {
            throw new MalformedMessageException(count + " entries in " + bytes.remaining() + " bytes");
        }
        return count;
    }

    /** All that is left, into this array from there on. */
    void rest(byte[] target, int from) throws MalformedMessageException {
        if (bytes.remaining() > target.length - from) {
            throw new MalformedMessageException("more bytes than were announced");
        }
        bytes.get(target, from, bytes.remaining());
    }

    /** The message ends here. */
    void end() throws MalformedMessageException {
        if (bytes.hasRemaining()) {
            throw new MalformedMessageException(bytes.remaining() + " bytes after the end of a message");
        }
    }

    private static String utf8(byte[] coded) throws MalformedMessageException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(coded))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessageException("a text that is not UTF-8", e);
        }
    }

    private byte[] take(int count) throws MalformedMessageException {
        require(count);
        byte[] taken = new byte[count];
        bytes.get(taken);
        return taken;
    }

    private void require(int count) throws MalformedMessageException {
        if (bytes.remaining() < count) {
            throw new MalformedMessageException(count + " bytes wanted, " + bytes.remaining() + " left");
        }
    }

    private static long inRange(long value, long min, long max) throws MalformedMessageException {
        if (value < min || value > max) {
            throw new MalformedMessageException(value + " is not in " + min + ".." + max);
        }
        return value;
    }
}
