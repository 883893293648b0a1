package fish.group;

import java.time.Instant;

/** This node was removed from its group for good. */
final class RemovedException extends IllegalStateException {
    /** What its operator can do; true of every removed node. */
    static final String WHAT_TO_DO =
            "to join again, make a new home with bin/setup NAME --force and start it with --buddy";

    private final long atMillis;

    RemovedException(long atMillis) {
        super("this node was removed from the group at " + Instant.ofEpochMilli(atMillis) + ": " + WHAT_TO_DO);
        this.atMillis = atMillis;
    }

    /** When, since the epoch. */
    long atMillis() {
        return atMillis;
    }
}
