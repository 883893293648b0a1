package fish.tool;

/** Text that others wrote, for a terminal: nothing in it moves the cursor, and every line stays one. */
final class Printable {
    private Printable() {}

    static String of(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(c -> {
            if (!isDangerous(c)) {
                safe.appendCodePoint(c);
            } else if (c == '\n') {
                safe.append("\\n");
            } else if (c == '\t') {
                safe.append("\\t");
            } else if (c == '\r') {
                safe.append("\\r");
            } else {
                safe.append(String.format("\\u%04x", c));
            }
        });
        return safe.toString();
    }

    /** Whether it is printable as it stands. */
    static boolean isPlain(String text) {
        return text.codePoints().noneMatch(Printable::isDangerous);
    }

    /** As {@link #of}, cut to so many characters. */
    static String of(String text, int charsMax) {
        String safe = of(text);
        return safe.codePointCount(0, safe.length()) <= charsMax
                ? safe
                : safe.substring(0, safe.offsetByCodePoints(0, charsMax - 1)) + "…";
    }

    private static boolean isDangerous(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
