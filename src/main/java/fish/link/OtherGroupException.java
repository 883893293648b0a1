package fish.link;

import java.io.IOException;

/** A back-end is of another group than whoever connects to it, though both may have one name. */
public final class OtherGroupException extends IOException {
    private static final long serialVersionUID = 1;

    OtherGroupException(String message) {
        super(message);
    }
}
