package fish.client;

/** A read, a watch or a look at the group failed; nothing was changed. */
public final class ReadFailedException extends FishException {
    private static final long serialVersionUID = 1;

    ReadFailedException(String code, String detail) {
        super(code, detail);
    }
}
