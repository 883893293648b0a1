package fish.tool;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/** Remembers why nothing more could be written, which a {@link java.io.PrintStream} keeps to itself. Thread-safe. */
final class StandardOutput extends FilterOutputStream {
    private volatile String why = "";

    StandardOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
            throw e;
        }
    }

    /** Why; nothing where all was written, or where nobody reads it any more, who knows that. */
    Optional<String> trouble() {
        return why.isEmpty() || why.toLowerCase(Locale.ROOT).contains("broken pipe")
                ? Optional.empty()
                : Optional.of(why);
    }
}
