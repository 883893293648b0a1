package fish.group;

import java.time.Duration;

/**
 * How long nodes wait for each other. JE checks its channels once a second, so that a timeout takes up
 * to one second more than it says.
 *
 * @param heartbeat how often master and replica exchange a sign of life; 100 ms or more
 * @param feeder after how long without one the master gives a replica up; 1 s or more, at least twice
 *     {@code heartbeat}
 * @param replica after how long without one a replica gives the master up and calls an election. Longer
 *     than {@code feeder}, so that a master that was cut off steps down before another can be elected
 * @param election how long one step of an election waits for a node that does not answer; 2 s at most,
 *     since a replica that has promised its vote may acknowledge the old master's writes again after 5 s
 * @param ack how long a commit waits for its acknowledgements before its outcome is unknown
 */
public record Timeouts(Duration heartbeat, Duration feeder, Duration replica, Duration election, Duration ack) {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration ELECTION_UNUSED = Duration.ofMillis(300);
    private static final Duration ACK_UNUSED = Duration.ofSeconds(6);

    public Timeouts {
        requireBetween("heartbeat", heartbeat, Duration.ofMillis(100), LIMIT);
        requireBetween("feeder timeout", feeder, Duration.ofSeconds(1), LIMIT);
        requireBetween("feeder timeout", feeder, heartbeat.multipliedBy(2), LIMIT);
        requireBetween("replica timeout", replica, feeder.plusMillis(1), LIMIT);
        requireBetween("election timeout", election, Duration.ofMillis(50), Duration.ofSeconds(2));
        requireBetween("acknowledgement timeout", ack, Duration.ofMillis(10), LIMIT);
    }

    /** For a read-only replica, which has no replicas, takes no part in elections and commits nothing. */
    public static Timeouts ofReadOnly(Duration heartbeat, Duration replica) {
        return new Timeouts(heartbeat, replica.minusMillis(1), replica, ELECTION_UNUSED, ACK_UNUSED);
    }

    private static void requireBetween(String what, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("the " + what + " is " + least.toMillis() + " ms to " + most.toMillis()
                    + " ms here, not " + value.toMillis() + " ms");
        }
    }
}
