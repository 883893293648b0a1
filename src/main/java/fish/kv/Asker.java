package fish.kv;

/**
 * Who asks for something, as the request travels on to the node that serves it.
 *
 * @param token as the client sent it; empty where it sent none, and of what a node asks for itself
 * @param checked whether the node that the client talks to knew what this token may do, and saw to it
 */
public record Asker(String token, boolean checked) {
    /** Characters of a token; a longer one is none. */
    public static final int TOKEN_CHARS_MAX = 128;

    /** Nobody in particular. */
    public static final Asker NOBODY = new Asker("", true);

    public Asker {
        token = token.length() > TOKEN_CHARS_MAX ? "" : token;
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
