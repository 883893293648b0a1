package fish.client;

/** A write failed: {@link NotAppliedException} or {@link UnknownOutcomeException}, never anything between. */
public abstract class WriteFailedException extends FishException {
    private static final long serialVersionUID = 1;

    WriteFailedException(String code, String detail) {
        super(code, detail);
    }
}
