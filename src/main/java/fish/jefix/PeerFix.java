package fish.jefix;

/**
 * Lets a peer that sends what no node would end its own connection and nothing else. JE takes messages
 * from whoever reaches its port, and what it cannot read there it takes for a failure of its own: an
 * unknown operation invalidates the environment, a length is allocated before a byte of it has come (up to
 * half of the heap, or more than any heap for a name), an answer where a question belongs ends the thread
 * that takes part in elections, as does a message that asks it to. Files are read by any path, lists of
 * filters are objects that Java makes of the bytes. Here each such place tells {@link PeerMessages}, which
 * ends the connection; {@link PeerPatches} names them all.
 */
final class PeerFix {
    static final String MARKER = "fish$peerFix";

    private PeerFix() {}

    /** @throws JeFixException as {@link JeFixes#apply} says */
    static void apply() {
        for (PeerPatches.Patch patch : PeerPatches.all()) {
            JeClass.define(patch.neighbour(), patch.target(), patch.corrected(), MARKER);
        }
    }
}
