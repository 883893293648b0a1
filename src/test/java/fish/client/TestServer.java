package fish.client;

import fish.http.HttpServer;
import fish.kv.Service;
import fish.testing.MemoryService;
import fish.testing.Standard;

/** A real server over a store in memory. */
final class TestServer implements AutoCloseable {
    private final HttpServer server;

    TestServer(Service service) {
        server = new HttpServer(Standard.http(), Standard.routes(service));
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
