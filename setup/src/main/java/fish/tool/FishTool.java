package fish.tool;

import fish.client.FishException;
import fish.conf.Commands;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.conf.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The group's own tool. Its commands are listed here, and each is a class of its own with a constructor that takes a
 * {@link ToolContext}.
 */
@Command(
        name = "bin/fish",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Records, and the group that keeps them, from the command line.",
        subcommands = {
            PutCommand.class,
            GetCommand.class,
            DeleteCommand.class,
            ListCommand.class,
            CountCommand.class,
            TouchCommand.class,
            BackupCommand.class,
            CheckCommand.class,
            TxnCommand.class,
            WatchCommand.class,
            LockCommand.class,
            StatusCommand.class,
            TransferMasterCommand.class,
            RemoveCommand.class,
            ShellCommand.class,
            CompletionCommand.class,
            LoadCommand.class,
            ExportCommand.class,
            ReportCommand.class,
            BenchCommand.class,
            TokenCommand.class,
        })
public final class FishTool implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    final CommonOptions options;

    private FishTool(ToolContext context) {
        this.options = context.options();
    }

    /** Runs one command. Returns its exit code. */
    public static int run(Surroundings surroundings, Terminal terminal, String... args) {
        try (ToolContext context = new ToolContext(surroundings, terminal)) {
            return line(context).execute(args);
        }
    }

    /** The command line, ready to be executed. */
    static CommandLine line(ToolContext context) {
        CommandLine line = new CommandLine(new FishTool(context), new CommandFactory(context));
        Types.register(Commands.withHouseRules(line, context.surroundings()));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                context.terminal().colours() && context.terminal().err() ? Ansi.ON : Ansi.OFF));
        IExecutionExceptionHandler house = line.getExecutionExceptionHandler();
        return line.setExecutionExceptionHandler((e, at, parsed) -> {
            if (e instanceof FishException problem) {
                return Commands.tell(Failures.of(problem), at);
            }
            return e instanceof OutputClosedException
                    ? ProgramException.FAILED
                    : house.handleExecutionException(e, at, parsed);
        });
    }

    /** Without a command. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Gives commands, also those below others, the context. */
    private static final class CommandFactory implements CommandLine.IFactory {
        private final CommandLine.IFactory others = CommandLine.defaultFactory();
        private final ToolContext context;

        CommandFactory(ToolContext context) {
            this.context = context;
        }

        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (!type.isAnnotationPresent(Command.class)) {
                return others.create(type);
            }
            return type.getDeclaredConstructor(ToolContext.class).newInstance(context);
        }
    }
}
