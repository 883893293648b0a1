package fish.client;

/** Nothing was written, here or anywhere, and nothing will be. */
public class NotAppliedException extends WriteFailedException {
    private static final long serialVersionUID = 1;

    NotAppliedException(String code, String detail) {
        super(code, detail);
    }
}
