package fish.jefix;

/**
 * What Fish corrects in JE's own code, in the bytes of its classes and before JE loads them: {@link
 * QuorumFix}, {@link ReplayPollFix}, {@link ReplayQueueFix}, {@link AdmissionFix}, {@link RollbackFix},
 * {@link PeerFix} and, by JE's own leave, {@link FileStoreFix}.
 */
public final class JeFixes {
    /** How JE stands after a fix. */
    enum Result {
        APPLIED,
        ALREADY_APPLIED,
        SWITCHED_OFF
    }

    private JeFixes() {}

    /**
     * Corrects JE for the whole process; to be called before the first environment is opened, as often
     * and from as many threads as one likes.
     *
     * @throws JeFixException if this JE does not look as expected, or if a class was loaded before it
     *     could be corrected; no node may then be opened
     */
    public static void apply() {
        // First, since the others name classes that build on those of this one.
        PeerFix.apply();
        QuorumFix.apply();
        ReplayPollFix.apply();
        AdmissionFix.apply();
        ReplayQueueFix.apply();
        RollbackFix.apply();
        FileStoreFix.apply();
    }
}
