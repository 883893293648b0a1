package fish.run;

/** One line of {@code key=value} pairs; a value that is not one plain word stands in quotes. */
final class Line {
    private final StringBuilder text = new StringBuilder();

    Line add(String key, Object value) {
        if (!text.isEmpty()) {
            text.append(' ');
        }
        text.append(key).append('=');
        String plain = String.valueOf(value);
        if (!plain.isEmpty() && plain.chars().allMatch(Line::needsNoQuote)) {
            text.append(plain);
        } else {
            quote(plain);
        }
        return this;
    }

    /** Keys and values in turn. */
    Line addAll(Object... keysAndValues) {
        if (keysAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a key without a value: " + keysAndValues[keysAndValues.length - 1]);
        }
        for (int i = 0; i < keysAndValues.length; i += 2) {
            add(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return this;
    }

    private void quote(String plain) {
        text.append('"');
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> text.append(Character.isISOControl(c) ? '?' : c);
            }
        }
        text.append('"');
    }

    private static boolean needsNoQuote(int c) {
        return c > ' ' && c != '"' && c != '=' && c != '\\' && !Character.isISOControl(c) && c != 0x7f;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
