package fish.jefix;

import com.sleepycat.je.rep.vlsn.VLSNRange;

/**
 * Lets a replica close that had to roll its log back. JE remembers the last entry that a replica was sent, and a
 * checkpoint waits until the index of entries has come so far. A rollback shortens the index and not what is
 * remembered, so the checkpoint of a close waits, a minute at a time and without end, for an entry that nobody will
 * send any more. Here the rollback takes back both.
 */
final class RollbackFix {
    static final String MARKER = "fish$rollbackFix";

    private RollbackFix() {}

    /** @throws JeFixException as {@link JeFixes#apply} says */
    static JeFixes.Result apply() {
        byte[] index = JeClass.bytes(VLSNRange.class, RollbackPatch.TARGET);
        return JeClass.define(VLSNRange.class, RollbackPatch.TARGET, RollbackPatch.corrected(index), MARKER);
    }
}
