package fish.tool;

import fish.client.FishException;
import fish.client.Listing;
import fish.client.ReadOptions;
import fish.conf.ProgramException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The shell at a terminal: it remembers lines, and completes commands, options and keys. One thread. */
final class Prompt {
    private static final int KEYS_MAX = 50;
    private static final int HISTORY_MAX = 1_000;
    private static final Duration KEYS_TIMEOUT = Duration.ofSeconds(2);

    /** What runs one command; {@code in} is what it may ask. */
    interface Runner {
        int run(String text, InputStream in);
    }

    private final ToolContext context;
    private final Runner runner;
    private final CommandLine commands;

    Prompt(ToolContext context, Runner runner) {
        this.context = context;
        this.runner = runner;
        this.commands = ShellCommand.commands(context.line(
                InputStream.nullInputStream(), context.surroundings().out()));
    }

    /** Until {@code exit} or Ctrl-D. Returns 0: each failure was told when it happened. */
    int read() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReaderBuilder builder = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .appName("fish")
                    .parser(new Lines())
                    .completer((reader, line, candidates) -> complete(line, candidates))
                    .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  … ")
                    .variable(LineReader.HISTORY_SIZE, HISTORY_MAX)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
            history(builder);
            LineReader reader = builder.build();
            while (true) {
                try {
                    String text = reader.readLine("fish> ");
                    if (ShellCommand.isEnd(text)) {
                        return 0;
                    }
                    runner.run(text, new Answers(reader));
                } catch (UserInterruptException e) {
                    // What was typed so far is forgotten.
                } catch (EndOfFileException e) {
                    return 0;
                }
            }
        }
    }

    /** For its owner alone, since values are typed here. Without a place for it, it lasts as long as the shell. */
    private void history(LineReaderBuilder builder) {
        Map<String, String> environment = context.surroundings().environment();
        String home = environment.getOrDefault("HOME", "");
        String state = environment.getOrDefault("XDG_STATE_HOME", home.isEmpty() ? "" : home + "/.local/state");
        if (state.isEmpty()) {
            return;
        }
        Path file = Path.of(state, "fish-tool", "history");
        try {
            Files.createDirectories(file.resolveSibling(""));
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            builder.variable(LineReader.HISTORY_FILE, file);
        } catch (IOException | UnsupportedOperationException e) {
            context.tell("(lines are not remembered: " + e.getMessage() + ")");
        }
    }

    private void complete(ParsedLine line, List<Candidate> candidates) {
        List<CharSequence> known = new ArrayList<>();
        String[] words = line.words().toArray(String[]::new);
        AutoComplete.complete(
                commands.getCommandSpec(), words, line.wordIndex(), line.wordCursor(), line.cursor(), known);
        String typed = line.word().substring(0, line.wordCursor());
        known.forEach(rest -> candidates.add(new Candidate(typed + rest)));
        if (line.wordIndex() > 0 && !typed.startsWith("-")) {
            keys(typed).forEach(key -> candidates.add(new Candidate(key)));
        }
    }

    /** The next ones that begin so; none where they cannot be had soon. */
    private List<String> keys(String prefix) {
        try {
            return context.client()
                    .list(
                            Listing.of(prefix).keysOnly().withPages(KEYS_MAX),
                            ReadOptions.LOCAL.withTimeout(KEYS_TIMEOUT))
                    .limit(KEYS_MAX)
                    .map(record -> record.key().toString())
                    // Written as they are typed, which a terminal must bear.
                    .filter(Printable::isPlain)
                    .toList();
        } catch (FishException | ProgramException e) {
            return List.of();
        }
    }

    /** A line ends where what was typed is whole. */
    private static final class Lines implements Parser {
        private final DefaultParser words = new DefaultParser();

        Lines() {
            words.setEofOnUnclosedQuote(false);
            words.setEofOnEscapedNewLine(false);
        }

        @Override
        public ParsedLine parse(String text, int cursor, ParseContext context) {
            if (context == ParseContext.ACCEPT_LINE && ShellText.isOpen(text)) {
                throw new EOFError(-1, -1, "not whole yet");
            }
            return words.parse(text, cursor, context == ParseContext.ACCEPT_LINE ? ParseContext.UNSPECIFIED : context);
        }
    }

    /** What a command asks is asked at the prompt; Ctrl-D is the end. */
    private static final class Answers extends InputStream {
        private final LineReader reader;
        private byte[] line = {};
        private int at;

        Answers(LineReader reader) {
            this.reader = reader;
        }

        @Override
        public int read() {
            if (at == line.length) {
                try {
                    line = (reader.readLine("> ") + "\n").getBytes(StandardCharsets.UTF_8);
                    at = 0;
                } catch (EndOfFileException | UserInterruptException e) {
                    return -1;
                }
            }
            return line[at++] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            int b = length == 0 ? 0 : read();
            if (length == 0 || b < 0) {
                return length == 0 ? 0 : -1;
            }
            bytes[offset] = (byte) b;
            return 1;
        }
    }
}
