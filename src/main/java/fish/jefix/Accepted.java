package fish.jefix;

/**
 * Marks a channel that was accepted: whoever is at its other end called us, so that only what callers ask
 * is read from it, and no more than {@link PeerMessages#ASKED_BYTES_MAX} at a time.
 */
public interface Accepted {}
