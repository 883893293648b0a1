package fish.tool;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fish completion}. */
@Command(
        name = "completion",
        description = "Prints what makes bash and zsh complete commands and options: source <(bin/fish completion)")
final class CompletionCommand implements Callable<Integer> {
    private final ToolContext context;

    @Spec
    private CommandSpec spec;

    CompletionCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.out().line(AutoComplete.bash("fish", spec.root().commandLine()).stripTrailing());
        return 0;
    }
}
