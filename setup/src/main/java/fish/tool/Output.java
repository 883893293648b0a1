package fish.tool;

import fish.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Standard output: text and tables for people, JSON for programs, colours only on a terminal. Every method throws an
 * {@link OutputClosedException} where nobody reads it. One thread.
 */
public final class Output {
    private static final String RESET = "\u001b[0m";

    /** What stands out, and how. */
    public enum Style {
        BOLD("1"),
        DIM("2"),
        GOOD("32"),
        WARNING("33"),
        BAD("31");

        private final String sgr;

        Style(String sgr) {
            this.sgr = sgr;
        }
    }

    private final PrintStream out;
    private final boolean json;
    private final boolean terminal;
    private final boolean colours;

    Output(PrintStream out, boolean json, boolean terminal, boolean colours) {
        this.out = out;
        this.json = json;
        this.terminal = terminal;
        this.colours = colours;
    }

    /** Whether {@code --json} was given. */
    public boolean isJson() {
        return json;
    }

    public boolean isTerminal() {
        return terminal;
    }

    /** A line for people. What others wrote is made {@link Printable} before, or by {@link #styled}. */
    public void line(String text) {
        bytes((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A document on a line of its own. */
    public void json(Json.Writer document) {
        bytes(Json.bytes(document));
        line("");
    }

    /** Just these. */
    public void bytes(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }

    /** The text, printable, in this style where there are colours. */
    public String styled(Style style, String text) {
        String safe = Printable.of(text);
        return colours ? "\u001b[" + style.sgr + "m" + safe + RESET : safe;
    }

    /** Rows in columns; the cells are made printable here. */
    public void table(List<String> head, List<List<String>> rows) {
        new Table(head).print(rows, this, true);
    }
}
