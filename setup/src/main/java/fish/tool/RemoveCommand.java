package fish.tool;

import fish.client.FishClient;
import fish.client.FishException;
import fish.conf.ProgramException;
import fish.contract.Cluster;
import fish.contract.NodeName;
import fish.contract.NodeStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish remove}. */
@Command(name = "remove", description = "Takes a back-end out of the group for good.")
final class RemoveCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(paramLabel = "NODE", description = "Not the master: bin/fish transfer-master first.")
    private String node;

    @Option(names = "--force", description = "Even if nothing can be written then until another node is back.")
    private boolean force;

    @Option(names = "--timeout", paramLabel = "30s", description = "How long it may take. Default: 30s.")
    private Duration timeout = Duration.ofSeconds(30);

    RemoveCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        WriteFlags.required(timeout);
        if (!NodeName.isOne(node)) {
            throw ProgramException.wrong(NodeName.FORM);
        }
        try (FishClient client = FishClient.open(context.config().withTimeouts(timeout, timeout))) {
            context.tell("takes " + node + " out of the group …");
            Map<String, String> params = force ? Map.of("force", "true") : Map.of();
            String answer = client.ask("DELETE", "/cluster/nodes/" + node, params, "", Set.of(200));
            if (!answer.contains("\"removed\":")) {
                throw ProgramException.failed("bad-answer: that was no node's answer; look at bin/fish status");
            }
            boolean counted = answer.contains("\"counted\":true");
            Output out = context.out();
            if (out.isJson()) {
                out.line(answer.strip());
            } else {
                out.line(node + " is out for good; a new home of that name may join");
                if (counted) {
                    out.line("it counts in majorities until one of the nodes that stay is connected");
                }
                survives(client).ifPresent(out::line);
            }
            return 0;
        }
    }

    /** What the group can lose without the node; nothing where it does not say. */
    private Optional<String> survives(FishClient client) {
        try {
            Cluster cluster = client.cluster();
            List<NodeStatus> staying = cluster.nodes().stream()
                    .filter(one -> !one.name().equals(node))
                    .toList();
            GroupState state = new GroupState(new Cluster(cluster.group(), cluster.master(), staying), Map.of());
            return Optional.of("the group: " + state.sentence());
        } catch (FishException e) {
            return Optional.empty();
        }
    }
}
