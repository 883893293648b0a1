package fish.kv;

import java.util.List;

/**
 * A commit as it is written for watchers: pieces that follow each other, for reading only. It is made once
 * and shared by all who are told of it; those who keep it say so, that it is counted once. Thread-safe.
 */
public final class EncodedCommit {
    private final List<byte[]> pieces;
    private final long bytes;
    // Guarded by this.
    private int holders;

    public EncodedCommit(List<byte[]> pieces) {
        this.pieces = List.copyOf(pieces);
        long sum = 0;
        for (byte[] piece : pieces) {
            sum += piece.length;
        }
        this.bytes = sum;
    }

    public List<byte[]> pieces() {
        return pieces;
    }

    /** Of all pieces together. */
    public long bytes() {
        return bytes;
    }

    /** Whether somebody keeps it already. */
    public synchronized boolean isHeld() {
        return holders > 0;
    }

    /**
     * Somebody keeps it from now on.
     *
     * @return whether he is the first
     */
    public synchronized boolean hold() {
        return holders++ == 0;
    }

    /**
     * Somebody keeps it no longer.
     *
     * @return whether he was the last
     */
    public synchronized boolean release() {
        return --holders == 0;
    }
}
