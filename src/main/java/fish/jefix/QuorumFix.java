package fish.jefix;

/**
 * Keeps JE from taking read-only replicas for voters. A master asks {@code
 * ElectionQuorum.isAuthoritativeMaster} whether it still has a majority; if so it outranks every other
 * node in an election. JE counts all replicas there, those without a vote too, so a stale master that
 * kept nothing but its front-ends wins over nodes that hold newer acknowledged writes, which are then
 * lost. Here the one call {@code activeReplicaCount()} becomes {@code activeAckReplicaCount()}.
 */
public final class QuorumFix {
    /** For tests that show what is lost without the fix: {@code off} leaves JE as it is. */
    public static final String SWITCH = "fish.test.quorumFix";

    static final String MARKER = "fish$quorumFix";

    private QuorumFix() {}

    /** @throws JeFixException as {@link JeFixes#apply} says */
    static JeFixes.Result apply() {
        if (System.getProperty(SWITCH, "on").equals("off")) {
            return JeFixes.Result.SWITCHED_OFF;
        }
        byte[] corrected = QuorumPatch.corrected(JeClass.bytes(QuorumPatch.TARGET), JeClass.bytes("FeederManager"));
        return JeClass.define(QuorumPatch.TARGET, corrected, MARKER);
    }
}
