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

    public Timeouts {
        requireBetween("heartbeat", heartbeat, Duration.ofMillis(100), LIMIT);
        requireBetween("feeder timeout", feeder, Duration.ofSeconds(1), LIMIT);
        requireBetween("feeder timeout", feeder, heartbeat.multipliedBy(2), LIMIT);
        requireBetween("replica timeout", replica, feeder.plusMillis(1), LIMIT);
        requireBetween("election timeout", election, Duration.ofMillis(50), Duration.ofSeconds(2));
        requireBetween("acknowledgement timeout", ack, Duration.ofMillis(10), LIMIT);
    }

    /**
     * 250 ms, 2 s, 4 s, 300 ms and 6 s. A feeder timeout below 2 s takes a replica for dead whose disk is
     * slow, since its answers queue behind its writes; the acknowledgement timeout outlasts the pause of
     * at most 5 s that an election may leave on a replica.
     */
    public static Timeouts defaults() {
        return new Timeouts(
                Duration.ofMillis(250),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4),
                Duration.ofMillis(300),
                Duration.ofSeconds(6));
    }

    private static void requireBetween(String what, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("the " + what + " is " + least.toMillis() + " ms to " + most.toMillis()
                    + " ms here, not " + value.toMillis() + " ms");
        }
    }
}
