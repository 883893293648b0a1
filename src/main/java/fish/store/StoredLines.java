package fish.store;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records of the {@code group} database as text: their format in the first line, one value in each other. */
final class StoredLines {
    private static final int SHOWN_CHARS_MAX = 200;

    private StoredLines() {}

    /**
     * @param count of the lines, with the first
     * @param what it should be, for the message
     */
    static List<String> of(byte[] stored, String format, int count, String what) {
        String text = new String(stored, StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        if (lines.size() != count || !lines.get(0).equals(format)) {
            throw new StoreFormatException(what + " that this program does not know: " + shown(text));
        }
        return lines;
    }

    static long number(String line) {
        require(line.matches("-?[0-9]{1,18}"), "no number", line);
        return Long.parseLong(line);
    }

    static void require(boolean holds, String otherwise, String line) {
        if (!holds) {
            throw new StoreFormatException(otherwise + ": " + shown(line));
        }
    }

    private static String shown(String text) {
        return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
    }
}
