package fish.kv;

/**
 * A transaction that may change something, and what was asked about it.
 *
 * @param deadlineNanos by {@link System#nanoTime}: after it nobody waits for the answer
 * @param id names this write; the same when it is sent again
 * @param sentBefore whether an earlier try may have reached a master; if so it is looked up before it is
 *     applied
 * @param knownRevision for a write sent before, a revision that was already given before the first try: the
 *     search for it starts there
 * @param idempotency the client's own key, or {@link Idempotency#NONE}
 * @param room for the answer, where it comes from elsewhere
 * @param asker on whose behalf; whoever applies it sees to it that they may still ask then
 */
public record Write(
        Txn txn,
        Durability durability,
        long deadlineNanos,
        RequestId id,
        boolean sentBefore,
        long knownRevision,
        Idempotency idempotency,
        Room room,
        Asker asker) {

    /** One whose answer has room, however large. */
    public Write(
            Txn txn,
            Durability durability,
            long deadlineNanos,
            RequestId id,
            boolean sentBefore,
            long knownRevision,
            Idempotency idempotency) {
        this(txn, durability, deadlineNanos, id, sentBefore, knownRevision, idempotency, Room.ENOUGH, Asker.NOBODY);
    }

    /** The same, with this room for an answer that comes from elsewhere. */
    public Write with(Room theRoom) {
        return new Write(txn, durability, deadlineNanos, id, sentBefore, knownRevision, idempotency, theRoom, asker);
    }

    /** The same, asked for by them. */
    public Write by(Asker who) {
        return new Write(txn, durability, deadlineNanos, id, sentBefore, knownRevision, idempotency, room, who);
    }

    /** The same of another transaction. */
    public Write of(Txn another) {
        return new Write(another, durability, deadlineNanos, id, sentBefore, knownRevision, idempotency, room, asker);
    }

    /** A first try of a request without an idempotency key. */
    public static Write of(Txn txn, Durability durability, long deadlineNanos, RequestId id) {
        return new Write(txn, durability, deadlineNanos, id, false, 0, Idempotency.NONE);
    }

    /** This write as it is sent again, after a try whose answer was lost. */
    public Write again(long revisionKnownBeforeFirstTry) {
        return new Write(
                txn, durability, deadlineNanos, id, true, revisionKnownBeforeFirstTry, idempotency, room, asker);
    }
}
