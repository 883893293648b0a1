package fish.tool;

import fish.client.FishClient;
import fish.conf.ProgramException;
import fish.contract.Cluster;
import fish.contract.NodeName;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish transfer-master}. */
@Command(name = "transfer-master", description = "Hands the mastership to another back-end. No request fails by it.")
final class TransferMasterCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(
            arity = "0..1",
            paramLabel = "NODE",
            description =
                    "Default: of those that follow, the one that is up to" + " date and has the highest priority.")
    private String node = "";

    @Option(names = "--timeout", paramLabel = "30s", description = "How long it may take. Default: 30s.")
    private Duration timeout = Duration.ofSeconds(30);

    @Option(
            names = "--force",
            description = "For scripts that name it for all: nothing is refused here that it would allow.")
    void force(boolean given) {}

    TransferMasterCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        WriteFlags.required(timeout);
        if (!node.isEmpty() && !NodeName.isOne(node)) {
            throw ProgramException.wrong(NodeName.FORM);
        }
        try (FishClient client = FishClient.open(context.config().withTimeouts(timeout, timeout))) {
            Cluster before = client.cluster();
            String to = node.isEmpty() ? best(before) : node;
            String from = before.master().isEmpty() ? "the next master" : before.master();
            context.tell(from.equals(to) ? to + " is master already" : from + " hands over to " + to + " …");
            long began = System.nanoTime();
            String body = new String(
                    Json.bytes(g -> {
                        g.writeStartObject();
                        g.writeStringField("node", to);
                        g.writeEndObject();
                    }),
                    StandardCharsets.UTF_8);
            String answer = client.ask("POST", "/cluster/master", Map.of(), body, Set.of(200));
            Output out = context.out();
            if (out.isJson()) {
                out.line(answer.strip());
            } else {
                out.line("%s is master, after %.1f s".formatted(Printable.of(to), (System.nanoTime() - began) / 1e9));
            }
            return 0;
        }
    }

    private static String best(Cluster cluster) throws ProgramException {
        return cluster.nodes().stream()
                .filter(candidate -> candidate.type() == NodeType.ELECTABLE
                        && candidate.state() == NodeState.REPLICA
                        && candidate.priority() > 0)
                .max(Comparator.comparingInt(NodeStatus::priority).thenComparingLong(NodeStatus::revision))
                .map(NodeStatus::name)
                .orElseThrow(() -> ProgramException.failed(
                        "no back-end follows the master that could take over: bin/fish status shows them"));
    }
}
