package fish.kv;

/**
 * Why a request was not served, for a program and for a person.
 *
 * @param detail a sentence
 * @param master the HTTP address of who could serve it, or empty
 */
public record Failure(Reason reason, String detail, String master) {
    public Failure(Reason reason, String detail) {
        this(reason, detail, "");
    }
}
