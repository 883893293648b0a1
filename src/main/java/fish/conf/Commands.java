package fish.conf;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How every program of Fish behaves as a command: what it says when something is wrong, and its exit code. */
public final class Commands {
    private Commands() {}

    /** Messages instead of pages of usage, exit codes 0, 1 and 2, output where the surroundings have it. */
    public static CommandLine withHouseRules(CommandLine line, Surroundings surroundings) {
        return line.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO))
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler((e, args) -> tell(e))
                .setExecutionExceptionHandler((e, at, parsed) -> {
                    if (e instanceof ProgramException told) {
                        return tell(told, at);
                    }
                    if (e instanceof InvalidPathException path) {
                        return tell(wrongPath(path), at);
                    }
                    throw e;
                });
    }

    /** Says what is wrong on standard error. Returns the exit code. */
    public static int tell(ProgramException problem, CommandLine line) {
        problem.problems().forEach(sentence -> error(line, sentence));
        return problem.exitCode();
    }

    private static int tell(ParameterException e) {
        CommandLine line = e.getCommandLine();
        if (e instanceof MissingParameterException
                && !line.getUnmatchedArguments().isEmpty()) {
            // What is unknown is likelier what went wrong than what is missing.
            return tell(new UnmatchedArgumentException(line, line.getUnmatchedArguments()));
        }
        error(line, String.valueOf(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched) {
            suggestion(unmatched).ifPresent(name -> line.getErr().println("did you mean " + name + "?"));
        }
        line.getErr().println("see " + line.getCommandSpec().qualifiedName() + " --help");
        return ProgramException.WRONG;
    }

    private static Optional<String> suggestion(UnmatchedArgumentException unmatched) {
        String given = unmatched.getUnmatched().get(0).split("=", 2)[0];
        if (!given.startsWith("-")) {
            return Nearest.to(
                    given,
                    unmatched.getCommandLine().getCommandSpec().subcommands().keySet());
        }
        List<String> names = unmatched.getCommandLine().getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .toList();
        return Nearest.to(given, names);
    }

    /** A path that this system's character set cannot write is a wrong argument. */
    static ProgramException wrongPath(InvalidPathException e) {
        return ProgramException.wrong(
                        "the path \"%s\" cannot be used: %s (the character set of this system is %s; LC_ALL=C.UTF-8 sets one that has all letters)"
                                .formatted(
                                        e.getInput(), e.getReason(), System.getProperty("sun.jnu.encoding", "unknown")))
                .because(e);
    }

    private static void error(CommandLine line, String sentence) {
        line.getErr().println(line.getColorScheme().errorText(line.getCommandName() + ": " + sentence));
    }
}
