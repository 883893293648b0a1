package fish.tool;

import org.jspecify.annotations.Nullable;

/** One node did not do what it was asked. */
final class NodeFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final String said;

    NodeFailedException(String code, String said, @Nullable Throwable cause) {
        super(code + ": " + said, cause);
        this.code = code;
        this.said = said;
    }

    /** In words, without the code. */
    String said() {
        return said;
    }

    /** As the problem's {@code code}. */
    String code() {
        return code;
    }

    /** Whether the same may be asked again soon. */
    boolean passes() {
        return code.equals("overloaded") || code.equals("lagging") || code.equals("starting");
    }
}
