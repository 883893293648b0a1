package fish.faults;

import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Network;
import fish.testing.Programs;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A running group in a network that can be cut. Needs root and network namespaces. Not thread-safe. */
final class Stage implements AutoCloseable {
    /** Until anything that should happen soon has happened, on a machine that is busy. */
    static final Duration SOON = Duration.ofSeconds(60);

    /** Starting takes long where all cores are busy. */
    private static final Duration START_MAX = Duration.ofMinutes(2);

    /** Longer than the group ever takes to answer. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(40);

    private static final int LAST_LINES = 15;

    /** Small nodes that are fast at once, since many run side by side for a short time. */
    private static final String SMALL = "-Xmx160m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Programs programs;
    private final Network network;
    private final FishGroup group;
    private @Nullable HttpProbe patience;

    private Stage(Programs programs, Network network, FishGroup group) {
        this.programs = programs;
        this.network = network;
        this.group = group;
    }

    /**
     * Starts a group whose master is {@code b0}, and waits until all of it has taken part in a write.
     *
     * @param switches for the JVMs of its nodes
     */
    static Stage start(int backs, int fronts, String... switches) throws IOException {
        return start(false, backs, fronts, switches);
    }

    /** As {@link #start(int, int, String...)}; {@code locked}: with TLS and a token. */
    static Stage start(boolean locked, int backs, int fronts, String... switches) throws IOException {
        Programs programs = Programs.ofBuild();
        programs.javaOptions(SMALL + " " + String.join(" ", switches));
        Network network = Network.create();
        FishGroup group = locked
                ? FishGroup.lockedIn(network, programs, backs, fronts)
                : FishGroup.in(network, programs, backs, fronts);
        Stage stage = new Stage(programs, network, group);
        try {
            stage.group.start(START_MAX);
            stage.awaitWhole();
            return stage;
        } catch (AssertionError e) {
            stage.close();
            throw e;
        }
    }

    Programs programs() {
        return programs;
    }

    /** How often one of the nodes ended although nobody here ended it. */
    int endedByThemselves() {
        return group.nodes().stream().mapToInt(FishNode::endedByItself).sum();
    }

    FishGroup group() {
        return group;
    }

    Network network() {
        return network;
    }

    /** A client that waits for the answer however long the group takes. */
    HttpProbe patient(FishNode node) {
        HttpProbe any = patience;
        if (any == null) {
            any = node.probe().own(ANSWER_MAX);
            patience = any;
        }
        return any.at(node.http());
    }

    /** All back-ends but this one. */
    List<FishNode> others(FishNode node) {
        return group.backs().stream().filter(other -> other != node).toList();
    }

    /** The master among these, once there is one. */
    FishNode masterAmong(List<FishNode> nodes) {
        return eventually(
                () -> nodes.stream().filter(FishNode::isMaster).findFirst().orElseThrow());
    }

    /** Cuts these off from all others. */
    void isolate(FishNode... nodes) {
        Set<String> side = new HashSet<>();
        for (FishNode node : nodes) {
            side.add(node.name());
        }
        network.isolate(side);
    }

    /** What the story gives, soon; else all nodes' last words. */
    <T> T eventually(Eventually.ThrowingSupplier<T> story) {
        try {
            return Eventually.eventuallyGet(SOON, story);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + told(), e);
        }
    }

    /** Waits until every node acknowledges. */
    void awaitWhole() {
        HttpProbe probe = patient(group.nodes().get(group.nodes().size() - 1));
        eventually(() -> {
            HttpAnswer answer =
                    probe.put("whole", "yes").param("durability", "sites").send();
            if (!answer.isSuccess()) {
                throw new AssertionError("not whole: " + answer);
            }
            return answer;
        });
    }

    /** Waits until a write is acknowledged. */
    void awaitServed() {
        HttpProbe probe = patient(group.front(0));
        eventually(() -> {
            HttpAnswer answer = probe.put("served", "yes").send();
            if (!answer.isSuccess()) {
                throw new AssertionError("not served: " + answer);
            }
            return answer;
        });
    }

    /** What was said by the nodes, for a failure's message: the last lines of each. */
    String told() {
        StringBuilder told = new StringBuilder();
        for (FishNode node : group.nodes()) {
            List<String> output = node.program().output();
            told.append(node.name()).append(node.program().isAlive() ? ":\n" : " (ended):\n");
            output.subList(Math.max(0, output.size() - LAST_LINES), output.size())
                    .forEach(line -> told.append("  ").append(line).append('\n'));
        }
        return told.toString();
    }

    @Override
    public void close() {
        group.close();
        network.close();
        programs.close();
    }
}
