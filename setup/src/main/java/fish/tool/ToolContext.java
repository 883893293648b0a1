package fish.tool;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a command works with. For the thread that runs the commands; closed after the last one. */
public final class ToolContext implements AutoCloseable {
    private final Surroundings surroundings;
    private final Terminal terminal;
    private final CommonOptions options = new CommonOptions();
    private final Input input;

    /** Of a shell: whose options and client are used where a line of the shell says nothing else. */
    private final @Nullable ToolContext shell;

    private @Nullable FishClient client;

    ToolContext(Surroundings surroundings, Terminal terminal) {
        this(surroundings, terminal, null);
    }

    private ToolContext(Surroundings surroundings, Terminal terminal, @Nullable ToolContext shell) {
        this.surroundings = surroundings;
        this.terminal = terminal;
        this.input = new Input(surroundings, terminal);
        this.shell = shell;
    }

    /** For one line of a shell, which reads and writes there what this program would at its standard streams. */
    ToolContext line(InputStream in, PrintStream out) {
        Surroundings inner = new Surroundings(
                surroundings.environment(),
                surroundings.workingDirectory(),
                surroundings.installation(),
                in,
                out,
                surroundings.err(),
                surroundings.clock());
        Terminal same = new Terminal(false, terminal.out(), terminal.err(), terminal.colours());
        return new ToolContext(inner, same, this);
    }

    /** Whether standard input holds the commands that come after this one. */
    boolean readsCommands() {
        return shell != null && !(shell.terminal.in() && shell.terminal.out());
    }

    CommonOptions options() {
        return options;
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    public Terminal terminal() {
        return terminal;
    }

    /** Standard input, and files named {@code -} or else. */
    public Input input() {
        return input;
    }

    /** Standard output as this command line wants it. */
    public Output out() {
        boolean json = options.json || (shell != null && shell.options.json);
        return new Output(surroundings.out(), json, terminal.out(), terminal.out() && terminal.colours());
    }

    /** A line on standard error, for people: what goes on. */
    public void tell(String line) {
        surroundings.err().println(Printable.of(line));
        surroundings.err().flush();
    }

    /** The front-ends that are asked, in the order they were named. */
    public List<String> urls() {
        if (!options.at.isEmpty()) {
            return options.at;
        }
        if (shell != null) {
            return shell.urls();
        }
        String fromEnvironment = surroundings.environment().getOrDefault("FISH_URL", "");
        return List.of((fromEnvironment.isEmpty() ? CommonOptions.URL_DEFAULT : fromEnvironment).split(","));
    }

    /** Of {@link #urls}, with the token; other limits and timeouts can be set on it. */
    public ClientConfig config() throws ProgramException {
        return configOf(urls());
    }

    /** As {@link #config}, of other nodes: one that {@code /cluster} names. */
    public ClientConfig configOf(List<String> urls) throws ProgramException {
        String ca = ca();
        String token = token().strip();
        String ofToken = options.token == null ? "FISH_TOKEN" : "--token";
        if (token.indexOf(' ') >= 0) {
            throw ProgramException.wrong(ofToken + ": a token has no spaces, and is given without the word Bearer");
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw ProgramException.wrong(ofToken + ": a token is visible ASCII characters");
        }
        try {
            ClientConfig config = ClientConfig.of(
                            urls.stream().map(String::strip).toArray(String[]::new))
                    .withToken(token);
            return ca.isEmpty()
                    ? config
                    : config.withCa(surroundings.workingDirectory().resolve(ca));
        } catch (IOException e) {
            throw ProgramException.wrong((options.ca.isEmpty() ? "--ca or FISH_CA: " : "--ca: ") + e.getMessage())
                    .because(e);
        } catch (IllegalArgumentException e) {
            String source = options.at.isEmpty() ? "--at or FISH_URL" : "--at";
            throw ProgramException.wrong(source + ": " + e.getMessage()).because(e);
        }
    }

    private String token() {
        String given = options.token;
        if (given != null) {
            return given; // none, where it is empty
        }
        return shell == null ? surroundings.environment().getOrDefault("FISH_TOKEN", "") : shell.token();
    }

    private String ca() {
        if (!options.ca.isEmpty()) {
            return options.ca;
        }
        return shell == null ? surroundings.environment().getOrDefault("FISH_CA", "") : shell.ca();
    }

    /** The client of the front-ends that the command line names, the same for all who ask. */
    public FishClient client() throws ProgramException {
        if (shell != null && options.at.isEmpty() && options.token == null && options.ca.isEmpty()) {
            return shell.client();
        }
        FishClient opened = client;
        if (opened == null) {
            opened = FishClient.open(config());
            client = opened;
        }
        return opened;
    }

    /** Asks who sits there; anything but {@code y} and {@code yes}, and the end of input, is no. */
    public boolean confirmed(String question) {
        surroundings.err().print(Printable.of(question) + " [y/N] ");
        surroundings.err().flush();
        String answer = input.line().strip().toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    @Override
    public void close() {
        FishClient opened = client;
        client = null;
        if (opened != null) {
            opened.close();
        }
    }
}
