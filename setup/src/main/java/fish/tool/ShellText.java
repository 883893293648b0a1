package fish.tool;

import java.util.ArrayList;
import java.util.List;

/** What is typed into the shell: words as a POSIX shell takes them, and a transaction as it stands. */
final class ShellText {
    private static final String TXN = "txn";

    private ShellText() {}

    /** The body, where this is an object, with or without the word txn before it; empty where it is anything else. */
    static String transaction(String text) {
        String rest = text.strip();
        if (rest.startsWith(TXN)) {
            rest = rest.substring(TXN.length()).strip();
        }
        return rest.startsWith("{") ? rest : "";
    }

    /** Whether more lines belong to it: a transaction whose braces, or a text whose quotes, are open. */
    static boolean isOpen(String text) {
        String transaction = transaction(text);
        return transaction.isEmpty() ? words(text).open() : bracesAreOpen(transaction);
    }

    /** Whether text that is open can be closed by this line after it: looked at first, since {@link #isOpen} reads it all. */
    static boolean canClose(CharSequence text, String line) {
        return text.charAt(text.length() - 1) == '\\' || line.chars().anyMatch(c -> "'\"}]".indexOf(c) >= 0);
    }

    /** @param open whether a quote is not closed, or a backslash is last */
    record Words(List<String> words, boolean open) {}

    static Words words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'') {
                if (i + 1 == text.length()) {
                    return new Words(words, true);
                }
                i++;
                if (text.charAt(i) == '\n') {
                    continue; // the line goes on
                }
                boolean plain = quote == '"' && "\"\\$`".indexOf(text.charAt(i)) < 0;
                word.append(plain ? "\\" : "").append(text.charAt(i));
                inWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else if (c == '#' && !inWord) {
                break;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return new Words(words, quote != 0);
    }

    private static boolean bracesAreOpen(String json) {
        int depth = 0;
        boolean string = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (string) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    string = false;
                }
            } else if (c == '"') {
                string = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return depth > 0 || string;
    }
}
