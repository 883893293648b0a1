package fish.back;

import fish.conf.ProgramException;
import fish.conf.SettingValues;
import fish.conf.SettingsCommand;
import fish.conf.Surroundings;
import fish.home.Entry;
import fish.home.Home;
import fish.home.Role;
import fish.run.EventLog;
import fish.run.Node;
import fish.run.NodeProgram;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import picocli.CommandLine;

/** The command line of {@code bin/back}. */
public final class BackCommand {
    /** Makes the node, and starts nothing. */
    public interface Nodes {
        /** @param failed to be told, once, why the node cannot go on; the process then ends with exit code 1 */
        Node create(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed)
                throws ProgramException;
    }

    private final Nodes nodes;
    private final Surroundings surroundings;
    private final IntConsumer halt;

    private BackCommand(Nodes nodes, Surroundings surroundings, IntConsumer halt) {
        this.nodes = nodes;
        this.surroundings = surroundings;
        this.halt = halt;
    }

    /** @param halt see {@link fish.run.Shutdown} */
    public static CommandLine of(Nodes nodes, Surroundings surroundings, IntConsumer halt) {
        BackCommand command = new BackCommand(nodes, surroundings, halt);
        return SettingsCommand.of(
                "back", "A back-end: a node that stores and votes.", BackSettings.SETTINGS, surroundings, command::run);
    }

    private int run(SettingValues values, boolean stopWithInput) throws ProgramException {
        BackSettings settings = BackSettings.from(values, surroundings);
        NodeProgram program = new NodeProgram(
                Role.BACK,
                (home, entry, events, failed) -> nodes.create(settings, home, entry, events, failed),
                surroundings,
                halt);
        return program.run(values, settings.node(), settings.get(BackSettings.WANT_MASTER), stopWithInput);
    }
}
