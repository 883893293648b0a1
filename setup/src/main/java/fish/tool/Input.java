package fish.tool;

import fish.conf.ProgramException;
import fish.conf.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What commands read: standard input as {@code -}, or a file. One thread. */
public final class Input {
    /** Bytes of an answer to a question. */
    private static final int LINE_MAX = 4096;

    private final Surroundings surroundings;
    private final Terminal terminal;

    Input(Surroundings surroundings, Terminal terminal) {
        this.surroundings = surroundings;
        this.terminal = terminal;
    }

    /** All of standard input where {@code name} is {@code -}, else of the file; a failure says which, and why. */
    public byte[] all(String name, int bytesMax) throws ProgramException {
        try (InputStream in = open(name)) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw ProgramException.failed(said(name) + " has more than " + bytesMax + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw ProgramException.failed("cannot read " + said(name) + ": " + e.getMessage())
                    .because(e);
        }
    }

    /** Whoever calls closes it; standard input stays open all the same. */
    public InputStream open(String name) throws ProgramException {
        if (name.equals("-")) {
            if (terminal.in()) {
                surroundings.err().println("(reads what you type; Ctrl-D ends it)");
            }
            return new Unclosed(surroundings.in());
        }
        Path file = surroundings.workingDirectory().resolve(name);
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw ProgramException.wrong("there is no file " + file).because(e);
        } catch (IOException e) {
            throw ProgramException.failed("cannot read " + file + ": " + e.getMessage())
                    .because(e);
        }
    }

    /** One line of standard input; empty at its end. */
    String line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int b = surroundings.in().read();
            while (b >= 0 && b != '\n' && line.size() < LINE_MAX) {
                line.write(b);
                b = surroundings.in().read();
            }
        } catch (IOException e) {
            return "";
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static String said(String name) {
        return name.equals("-") ? "standard input" : name;
    }

    private static final class Unclosed extends java.io.FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // What comes after the value is for the next command, or for nobody.
        }
    }
}
