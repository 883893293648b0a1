package fish.client;

/** Others kept changing what {@link FishClient#transact} had read, until its tries were used up; nothing was written. */
public final class ConflictException extends NotAppliedException {
    private static final long serialVersionUID = 1;

    ConflictException(String detail) {
        super("conflict", detail);
    }
}
