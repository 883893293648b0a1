package fish.jefix;

import com.sleepycat.je.rep.stream.FeederFilter;

/**
 * Lets a master ask who calls before it counts the caller among its voters. JE adds a node to the group,
 * and raises the majority, before it looks whether the node belongs there and whether it holds anything:
 * a member of another group, a member that was removed, a new one that dies while it is filled, each takes
 * a group of one its quorum for good. Here the one call of {@code RepGroupDB.ensureMember} in a
 * handshake goes through {@link Admissions}. So does the question whether a member of this name is confirmed, for
 * JE goes by the name alone: of a member that was removed, and whose name another has by now, it finds out too late to
 * say so, and that one would call for ever.
 */
final class AdmissionFix {
    static final String MARKER = "fish$admissionFix";

    private AdmissionFix() {}

    /** @throws JeFixException as {@link JeFixes#apply} says */
    static JeFixes.Result apply() {
        byte[] corrected = AdmissionPatch.corrected(JeClass.bytes(FeederFilter.class, AdmissionPatch.TARGET));
        return JeClass.define(FeederFilter.class, AdmissionPatch.TARGET, corrected, MARKER);
    }
}
