package fish.conf;

import java.util.regex.Pattern;

/** Words of lines that are printed to be pasted into a shell. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private ShellWord() {}

    /** As a POSIX shell takes it for this one word: in quotes where it must be. */
    public static String of(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
