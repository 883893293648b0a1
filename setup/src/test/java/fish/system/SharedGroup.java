package fish.system;

import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpProbe;
import fish.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that ask for it the one group of all system tests, three back-ends and two front-ends,
 * with all of its nodes running and ready.
 */
final class SharedGroup implements ParameterResolver {
    /** For nodes to start, on a busy machine. */
    static final Duration START_MAX = Duration.ofSeconds(90);

    /** Longer than the longest request may take. */
    static final Duration REQUEST_MAX = Duration.ofSeconds(15);

    /** The group, and what more nodes can be started with. */
    record Running(Programs programs, FishGroup group) implements AutoCloseable {
        /** A client of a front-end; its requests have a timeout of 15 s. */
        HttpProbe front(int i) {
            return probe(group.front(i).http());
        }

        static HttpProbe probe(URI url) {
            return HttpProbe.of(url, REQUEST_MAX);
        }

        /** What is printed for the usual ports, at those of this group's front-ends. */
        String moved(String printed) {
            String here = printed;
            for (int i = 0; i < 2; i++) {
                URI front = group.front(i).http();
                here = here.replace("localhost:800" + i, front.getHost() + ":" + front.getPort());
            }
            return here;
        }

        /** Starts what has ended, and waits until every node is ready. */
        void makeWhole() {
            group.nodes().forEach(FishNode::start);
            group.nodes().forEach(node -> node.program().awaitReady(START_MAX));
            group.master(START_MAX);
        }

        /** What the nodes said, for messages of failed tests. */
        String told() {
            return group.nodes().stream()
                    .flatMap(node -> node.program().output().stream())
                    .collect(Collectors.joining("\n", "the nodes said:\n", "\n"));
        }

        @Override
        public void close() {
            group.close();
            programs.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(ExtensionContext.Namespace.create(SharedGroup.class));
        Running running = store.getOrComputeIfAbsent(Running.class, type -> start(), Running.class);
        running.makeWhole();
        return running;
    }

    private static Running start() {
        Programs programs;
        try {
            programs = Programs.ofBuild();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FishGroup group = FishGroup.onLoopback(programs, 3, 2);
        try {
            group.start(START_MAX);
            return new Running(programs, group);
        } catch (RuntimeException | AssertionError e) {
            group.close();
            programs.close();
            throw e;
        }
    }
}
