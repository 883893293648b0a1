package fish.hostile;

import java.io.IOException;

/** What a node sent is not HTTP. */
final class MalformedAnswerException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedAnswerException(String message) {
        super(message);
    }
}
