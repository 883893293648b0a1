package fish.group;

import com.sleepycat.je.rep.impl.node.NameIdPair;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;

/**
 * Keeps JE from taking read-only replicas for voters. A master asks {@code
 * ElectionQuorum.isAuthoritativeMaster} whether it still has a majority; if so it outranks every other
 * node in an election. JE counts all replicas there, those without a vote too, so a stale master that
 * kept nothing but its front-ends wins over nodes that hold newer acknowledged writes, which are then
 * lost. Here the one call {@code activeReplicaCount()} becomes {@code activeAckReplicaCount()}, in the
 * bytes of the class, before JE loads it.
 */
public final class QuorumFix {
    /** For tests that show what is lost without the fix: {@code off} leaves JE as it is. */
    static final String SWITCH = "fish.test.quorumFix";

    /** A synthetic field of this name in the loaded class says that it is the corrected one. */
    static final String MARKER = "fish$quorumFix";

    /** How JE stands after {@link #apply}. */
    public enum Result {
        APPLIED,
        ALREADY_APPLIED,
        SWITCHED_OFF
    }

    private QuorumFix() {}

    /**
     * Corrects JE for the whole process; to be called before the first environment is opened, as often
     * and from as many threads as one likes.
     *
     * @throws QuorumFixException if this JE does not look as expected, or if its class was loaded before
     *     it could be corrected; no node may then be opened
     */
    public static Result apply() {
        if (System.getProperty(SWITCH, "on").equals("off")) {
            return Result.SWITCHED_OFF;
        }
        byte[] corrected = QuorumPatch.corrected(classBytes("ElectionQuorum"), classBytes("FeederManager"));
        try {
            MethodHandles.privateLookupIn(NameIdPair.class, MethodHandles.lookup())
                    .defineClass(corrected);
            return Result.APPLIED;
        } catch (LinkageError alreadyLoaded) {
            requireMarker(alreadyLoaded);
            return Result.ALREADY_APPLIED;
        } catch (IllegalAccessException e) {
            throw new QuorumFixException("JE's package cannot be entered", e);
        }
    }

    private static void requireMarker(LinkageError alreadyLoaded) {
        try {
            Class<?> loaded = Class.forName(QuorumPatch.TARGET, false, NameIdPair.class.getClassLoader());
            boolean marked = Arrays.stream(loaded.getDeclaredFields())
                    .anyMatch(field -> field.isSynthetic() && field.getName().equals(MARKER));
            if (!marked) {
                throw new QuorumFixException(
                        QuorumPatch.TARGET + " was loaded before it could be corrected", alreadyLoaded);
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new QuorumFixException("the corrected " + QuorumPatch.TARGET + " cannot be loaded", e);
        }
    }

    static byte[] classBytes(String simpleName) {
        try (InputStream in = NameIdPair.class.getResourceAsStream(simpleName + ".class")) {
            if (in == null) {
                throw new QuorumFixException("this JE has no class " + simpleName);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new QuorumFixException("JE's class " + simpleName + " cannot be read", e);
        }
    }
}
