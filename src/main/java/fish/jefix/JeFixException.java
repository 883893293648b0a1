package fish.jefix;

/** JE cannot be corrected in this process, so no node may be opened in it. */
public final class JeFixException extends RuntimeException {
    JeFixException(String message) {
        super(message);
    }

    JeFixException(String message, Throwable cause) {
        super(message, cause);
    }
}
