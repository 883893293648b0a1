package fish.link;

import java.io.IOException;

/** What the peer sent is not a frame or a message of this protocol. Its connection has to be closed. */
final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedMessageException(String message) {
        super(message);
    }

    MalformedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
