package fish.tool;

import fish.client.TokenAdmin;
import fish.conf.ProgramException;
import fish.kv.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fish token}. */
@Command(
        name = "token",
        synopsisSubcommandLabel = "COMMAND",
        description = "Makes, lists and removes tokens, which say who may do what.",
        subcommands = {TokenCommand.Add.class, TokenCommand.Listing.class, TokenCommand.Remove.class})
final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    TokenCommand(ToolContext context) {}

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: add, list or remove");
    }

    private static String checked(String name) throws ProgramException {
        if (!Token.isName(name)) {
            throw ProgramException.wrong("a token's name is 1 to " + Token.NAME_CHARS_MAX
                    + " letters, digits, '.', '_' and '-', and begins with a letter or a digit");
        }
        return name;
    }

    /** {@code fish token add}. */
    @Command(name = "add", description = "Makes a token and prints it, once: only its hash is kept.")
    static final class Add implements Callable<Integer> {
        enum Role {
            READ,
            WRITE,
            ADMIN
        }

        private final ToolContext context;

        @Parameters(paramLabel = "NAME", description = "Of the token.")
        private String name = "";

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "read, write or admin: each may do what the one before may.")
        private Role role = Role.READ;

        @Option(
                names = "--prefix",
                paramLabel = "P",
                description = "Keys that it is for; again for more. Default: all.")
        private List<String> prefixes = new ArrayList<>();

        @Option(names = "--ttl", paramLabel = "90d", description = "It ends after so long. Default: never.")
        private @Nullable Duration ttl;

        Add(ToolContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws ProgramException {
            Duration lives = ttl == null ? Duration.ZERO : ttl;
            if (ttl != null && lives.toMillis() < 1) {
                throw ProgramException.wrong("--ttl is from 1ms to 3650d");
            }
            if (prefixes.contains("")) {
                throw ProgramException.wrong("--prefix is empty; for all keys leave it out");
            }
            String word = role.name().toLowerCase(Locale.ROOT);
            String token = context.client().tokens().add(checked(name), word, prefixes, lives);
            Output out = context.out();
            if (out.isJson()) {
                out.json(g -> {
                    g.writeStartObject();
                    g.writeStringField("name", name);
                    g.writeStringField("token", token);
                    g.writeEndObject();
                });
            } else {
                out.line(token);
            }
            return 0;
        }
    }

    /** {@code fish token list}. */
    @Command(name = "list", description = "Prints the tokens' names, roles, prefixes and ends.")
    static final class Listing implements Callable<Integer> {
        private final ToolContext context;

        Listing(ToolContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws ProgramException {
            List<TokenAdmin.Listed> tokens = context.client().tokens().list();
            Output out = context.out();
            if (out.isJson()) {
                out.json(g -> {
                    g.writeStartObject();
                    g.writeArrayFieldStart("tokens");
                    for (TokenAdmin.Listed token : tokens) {
                        g.writeStartObject();
                        g.writeStringField("name", token.name());
                        g.writeStringField("role", token.role());
                        if (!token.prefixes().isEmpty()) {
                            g.writeFieldName("prefixes");
                            g.writeArray(
                                    token.prefixes().toArray(String[]::new),
                                    0,
                                    token.prefixes().size());
                        }
                        if (!token.expires().isEmpty()) {
                            g.writeStringField("expires", token.expires());
                        }
                        g.writeEndObject();
                    }
                    g.writeEndArray();
                    g.writeEndObject();
                });
            } else {
                out.table(
                        List.of("NAME", "ROLE", "PREFIXES", "ENDS"),
                        tokens.stream()
                                .map(token -> List.of(
                                        token.name(),
                                        token.role(),
                                        token.prefixes().isEmpty() ? "all keys" : String.join(" ", token.prefixes()),
                                        token.expires().isEmpty() ? "never" : token.expires()))
                                .toList());
            }
            return 0;
        }
    }

    /** {@code fish token remove}. */
    @Command(name = "remove", description = "Removes a token: within a second nothing goes with it any more.")
    static final class Remove implements Callable<Integer> {
        private final ToolContext context;

        @Parameters(paramLabel = "NAME", description = "Of the token.")
        private String name = "";

        @Option(names = "--force", description = "Also the last of all: the group is open to everybody then.")
        private boolean force;

        Remove(ToolContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws ProgramException {
            if (!context.client().tokens().remove(checked(name), force)) {
                throw ProgramException.failed("there is no token '" + name + "'");
            }
            Output out = context.out();
            if (out.isJson()) {
                out.json(g -> {
                    g.writeStartObject();
                    g.writeStringField("name", name);
                    g.writeBooleanField("deleted", true);
                    g.writeEndObject();
                });
            } else {
                out.line("removed '" + name + "'");
            }
            return 0;
        }
    }
}
