package fish.client;

import fish.api.Health;
import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.http.HttpServer;
import fish.kv.Service;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.util.List;

/** A real server over a store in memory. */
final class TestServer implements AutoCloseable {
    static final Cluster GROUP = new Cluster(
            "fish",
            "b0",
            List.of(
                    new NodeStatus(
                            "b0",
                            NodeType.ELECTABLE,
                            NodeState.MASTER,
                            "localhost:9000",
                            "http://localhost:5000",
                            10,
                            3,
                            1250,
                            0.5),
                    new NodeStatus(
                            "r0",
                            NodeType.SECONDARY,
                            NodeState.UNREACHABLE,
                            "localhost:9002",
                            "",
                            0,
                            0,
                            0,
                            Double.NaN)));

    private static final Health WELL = new Health() {
        @Override
        public List<Check> checks() {
            return List.of();
        }

        @Override
        public boolean master() {
            return true;
        }
    };

    private final HttpServer server;

    TestServer(Service service) {
        server = new HttpServer(
                Standard.http(),
                Standard.routes(service, WELL, answer -> answer.accept(GROUP), Standard.noChanges(), List.of()));
        server.start();
    }

    static TestServer memory() {
        return new TestServer(new MemoryService(System::currentTimeMillis));
    }

    int port() {
        return server.address().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.close();
    }
}
