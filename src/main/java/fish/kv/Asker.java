package fish.kv;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Who asks for something, as the request travels on to the node that serves it.
 *
 * @param token as the client sent it; empty where it sent none, and of what a node asks for itself
 * @param checked whether the node that the client talks to knew what this token may do, and saw to it
 * @param holds whether what was seen to here is still so; stays on this node. Asked often, on any thread: must not block
 */
public record Asker(String token, boolean checked, BooleanSupplier holds) {
    /** Characters of a token; a longer one is none. */
    public static final int TOKEN_CHARS_MAX = 128;

    /** Nobody in particular. */
    public static final Asker NOBODY = new Asker("", true);

    /** One for all, so that two who are the same are equal. */
    private enum Always implements BooleanSupplier {
        ALWAYS;

        @Override
        public boolean getAsBoolean() {
            return true;
        }
    }

    private static final Optional<Failure> GONE = Optional.of(new Failure(
            Reason.UNAUTHENTICATED, "the token of this request was removed, or has ended, while the request waited"));

    public Asker {
        token = token.length() > TOKEN_CHARS_MAX ? "" : token;
    }

    /** One of whom nothing is known that could end. */
    public Asker(String token, boolean checked) {
        this(token, checked, Always.ALWAYS);
    }

    /** The same, who may ask only while this says so. */
    public Asker during(BooleanSupplier holding) {
        return new Asker(token, checked, holding);
    }

    /** Why what was asked is refused now, though it was not when it came; empty where it still is not. */
    public Optional<Failure> refusalByNow() {
        return holds.getAsBoolean() ? Optional.empty() : GONE;
    }

    /** Whether anything is to be told about who asks. */
    public boolean isNobody() {
        return token.isEmpty() && checked;
    }

    /** Without the token, which belongs in no log. */
    @Override
    public String toString() {
        return "Asker[" + (token.isEmpty() ? "no token" : "a token") + (checked ? "]" : ", not checked]");
    }
}
