package fish.tool;

import fish.conf.ProgramException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fish shell}. */
@Command(name = "shell", description = "The same commands at a prompt; from a pipe, until one fails.")
final class ShellCommand implements Callable<Integer> {
    /** Characters of one command, with all of its lines. */
    private static final int TXN_CHARS_MAX = 32 << 20;

    /** As {@link #TXN_CHARS_MAX}, of a command in words: a value, and its quotes. */
    private static final int WORDS_CHARS_MAX = 2 << 20;

    private final ToolContext context;
    private final OpenLine out;

    ShellCommand(ToolContext context) {
        this.context = context;
        this.out = new OpenLine(context.surroundings().out());
    }

    @Override
    public Integer call() throws ProgramException {
        try {
            return context.terminal().in() && context.terminal().out()
                    ? new Prompt(context, this::run).read()
                    : fromPipe();
        } catch (IOException e) {
            throw ProgramException.failed("cannot read on: " + e.getMessage()).because(e);
        }
    }

    private int fromPipe() throws IOException, ProgramException {
        InputStream in = context.surroundings().in();
        // A character a byte: no line end is within a character of UTF-8.
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        int number = 0;
        StringBuilder text = new StringBuilder();
        for (String bytes = lines.readLine(); bytes != null; bytes = lines.readLine()) {
            String line = decoded(bytes, ++number);
            boolean open = !text.isEmpty() && !ShellText.canClose(text, line);
            text.append(text.isEmpty() ? "" : "\n").append(line);
            int most = text.length() > WORDS_CHARS_MAX
                            && ShellText.transaction(text.toString()).isEmpty()
                    ? WORDS_CHARS_MAX
                    : TXN_CHARS_MAX;
            if (text.length() > most) {
                context.tell("a command has more than " + most + " characters");
                return ProgramException.WRONG;
            }
            if (open || ShellText.isOpen(text.toString())) {
                continue;
            }
            if (isEnd(text.toString())) {
                return 0;
            }
            out.endLine();
            int exitCode = run(text.toString(), new NoInput());
            if (exitCode != 0) {
                return exitCode;
            }
            text.setLength(0);
        }
        if (!text.isEmpty()) {
            context.tell("the input ends within a command: a quote or a brace is not closed");
            return ProgramException.WRONG;
        }
        return 0;
    }

    /** Nothing is put in place of bytes that are none of UTF-8: it would be stored. */
    private static String decoded(String bytes, int number) throws ProgramException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ProgramException.wrong("line " + number + " of the input is not UTF-8, and the shell ends there; such"
                            + " values go by: put KEY --file FILE")
                    .because(e);
        }
    }

    static boolean isEnd(String text) {
        return List.of("exit", "quit").contains(text.strip());
    }

    /** Returns the exit code; 0 for an empty line. */
    private int run(String text, InputStream in) {
        String transaction = ShellText.transaction(text);
        List<String> words = transaction.isEmpty() ? ShellText.words(text).words() : List.of("txn", "-");
        if (words.isEmpty()) {
            return 0;
        }
        InputStream input =
                transaction.isEmpty() ? in : new ByteArrayInputStream(transaction.getBytes(StandardCharsets.UTF_8));
        try (ToolContext line = context.line(input, out)) {
            boolean help = words.get(0).equals("help");
            return commands(line).execute(help ? new String[] {"--help"} : words.toArray(String[]::new));
        }
    }

    /** All but this one. */
    static CommandLine commands(ToolContext context) {
        CommandLine line = FishTool.line(context);
        line.getCommandSpec().removeSubcommand("shell");
        return line;
    }

    /** The pipe holds commands: one that wants standard input for itself gets an error, and nothing that looks like its end. */
    private static final class NoInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("in a pipe to the shell there are commands only");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }
    }

    /** Knows whether what was written last ends its line, as a value need not. Closes nothing. */
    private static final class OpenLine extends PrintStream {
        private boolean open;

        OpenLine(PrintStream out) {
            super(out, true, StandardCharsets.UTF_8);
        }

        @Override
        public void write(int b) {
            super.write(b);
            open = b != '\n';
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            open = length == 0 ? open : bytes[offset + length - 1] != '\n';
        }

        /** So that what the next command says begins a line of its own. */
        void endLine() {
            if (open) {
                write('\n');
                flush();
            }
        }

        @Override
        public void close() {
            flush();
        }
    }
}
