package fish.jefix;

/**
 * Lets a replica notice at once that its master is gone or another was elected. The thread of JE that
 * replays the stream looks for that only between two polls of its queue, and polls an idle queue for one
 * second: that second is in every fail-over and in every transfer. Here it becomes a random time of
 * {@value #LEAST_MILLIS} to {@value #MOST_MILLIS} ms, drawn for each poll. Random, for replicas that
 * notice in the same millisecond hold two elections at a time, and a replica that promised itself to the
 * one that fails acknowledges nothing until its promise runs out.
 */
final class ReplayPollFix {
    static final long LEAST_MILLIS = 10;
    static final long MOST_MILLIS = 100;

    static final String MARKER = "fish$replayPollFix";

    private ReplayPollFix() {}

    /** @throws JeFixException as {@link JeFixes#apply} says */
    static JeFixes.Result apply() {
        return JeClass.define(
                ReplayPollPatch.TARGET, ReplayPollPatch.corrected(JeClass.bytes(ReplayPollPatch.TARGET)), MARKER);
    }
}
