package fish.kv;

/** Why a request could not be served. What it means for a status is http's business. */
public enum Reason {
    /** Who asks has no token that is any good. */
    UNAUTHENTICATED,
    /** It is beyond what the token may do. */
    FORBIDDEN,
    /** What it is about is not there. */
    NOT_FOUND,
    /** It does not fit what there is. */
    CONFLICT,
    /** No serving master was found in time. */
    NO_MASTER,
    /** This node is not the master and forwards nothing. */
    NOT_MASTER,
    /** Too few nodes are there for the durability asked; nothing was written. */
    NO_QUORUM,
    /** The node is not serving yet. */
    STARTING,
    /** The node takes no new requests. */
    SHUTTING_DOWN,
    /** A queue is full, or the request waited its whole time in one. */
    OVERLOADED,
    /** What it would answer is more than one answer may hold; nothing was written. */
    TOO_LARGE,
    /** No room on the master's disk. */
    DISK_FULL,
    /** The write may have happened. */
    UNKNOWN_OUTCOME,
    /** The first request with this idempotency key is still running. */
    IN_PROGRESS,
    /** The idempotency key came with another request before. */
    IDEMPOTENCY_KEY_REUSED,
    /** The replica does not hold what was asked for yet. */
    LAGGING,
    /** The changes asked for are no longer kept. */
    COMPACTED
}
