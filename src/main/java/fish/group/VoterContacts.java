package fish.group;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Of which voters a master has had a sign of life lately. Its own clock alone counts. Not thread-safe. */
final class VoterContacts {
    private record Heard(long mark, long nanos) {}

    private final long staleNanos;
    private final Map<String, Heard> heard = new HashMap<>();

    /**
     * @param stale after how long without one a voter does not count
     */
    VoterContacts(Duration stale) {
        this.staleNanos = stale.toNanos();
    }

    /**
     * To be told again and again.
     *
     * @param marks of the connected voters: another value after each sign of life
     * @return of how many one came lately
     */
    int lately(Map<String, Long> marks, long nowNanos) {
        heard.keySet().retainAll(marks.keySet());
        int count = 0;
        for (Map.Entry<String, Long> voter : marks.entrySet()) {
            Heard before = heard.get(voter.getKey());
            if (before == null || before.mark() != voter.getValue()) {
                before = new Heard(voter.getValue(), nowNanos);
                heard.put(voter.getKey(), before);
            }
            if (nowNanos - before.nanos() <= staleNanos) {
                count++;
            }
        }
        return count;
    }
}
