package fish.group;

/** JE's quorum cannot be corrected in this process, so no node may be opened in it. */
public final class QuorumFixException extends RuntimeException {
    QuorumFixException(String message) {
        super(message);
    }

    QuorumFixException(String message, Throwable cause) {
        super(message, cause);
    }
}
