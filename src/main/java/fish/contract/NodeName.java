package fish.contract;

import java.util.regex.Pattern;

/** The names of nodes and groups. */
public final class NodeName {
    /** Characters. */
    public static final int LENGTH_MAX = 64;

    /** What is one, for messages. */
    public static final String FORM =
            "a name is 1 to " + LENGTH_MAX + " letters, digits, '.', '_' and '-', and begins with a letter or a digit";

    private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (LENGTH_MAX - 1) + "}");

    /** What a back-end is called while it is filled; no node's own name ends so. */
    public static final String FILLING_SUFFIX = ".fill";

    private NodeName() {}

    public static boolean isOne(String text) {
        return GRAMMAR.matcher(text).matches();
    }
}
