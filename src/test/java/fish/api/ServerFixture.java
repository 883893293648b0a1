package fish.api;

import fish.access.Gate;
import fish.budget.ByteBudget;
import fish.http.HttpConfig;
import fish.http.HttpServer;
import fish.http.Route;
import fish.kv.Service;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A server on a free port of loopback, and clients for it. */
final class ServerFixture implements AutoCloseable {
    /** What a request may take, and its head before. */
    static final Duration REQUEST = Duration.ofSeconds(30);

    static final HttpConfig CONFIG = config(1 << 20, 64 << 20, 1000, Duration.ofSeconds(20));

    final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ServerFixture(HttpConfig config, Service service, Health health, List<Route> more) {
        this(config, service, health, more, List.of());
    }

    ServerFixture(HttpConfig config, Service service, Health health, List<Route> more, List<String> allowedOrigins) {
        this(
                config,
                service,
                health,
                more,
                allowedOrigins,
                new ByteBudget(config.bounds().bytesInFlightMax()));
    }

    ServerFixture(
            HttpConfig config,
            Service service,
            Health health,
            List<Route> more,
            List<String> allowedOrigins,
            ByteBudget answers) {
        server = new HttpServer(
                config,
                Standard.routes(service, health, answer -> answer.accept(Standard.GROUP), Standard.noChanges(), more),
                allowedOrigins,
                new ByteBudget(config.bounds().bytesInFlightMax()),
                answers,
                Gate.OPEN);
        server.start();
    }

    static ServerFixture memory() {
        return new ServerFixture(CONFIG, new MemoryService(System::currentTimeMillis), health(true), List.of());
    }

    static ServerFixture over(Service service) {
        return new ServerFixture(CONFIG, service, health(true), List.of());
    }

    static HttpConfig config(int valueBytesMax, long bytesInFlight, int requests, Duration bodyTimeout) {
        return Standard.http(
                new HttpConfig.Bounds(valueBytesMax, bytesInFlight, requests, 1000),
                times(REQUEST, bodyTimeout, Duration.ofSeconds(2)));
    }

    static HttpConfig.Times times(Duration request, Duration body, Duration close) {
        return new HttpConfig.Times(request, Duration.ofMinutes(1), REQUEST, body, Duration.ofSeconds(20), close);
    }

    static Health health(boolean ok) {
        return new Health() {
            @Override
            public List<Check> checks() {
                return List.of(new Check("replica", true, ""), new Check("master", ok, ok ? "" : "none since 3.1 s"));
            }

            @Override
            public boolean master() {
                return ok;
            }
        };
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .timeout(Duration.ofSeconds(40))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    HttpResponse<String> put(String path, String body, String... headers) throws Exception {
        return send("PUT", path, body, headers);
    }

    Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(40_000);
        return socket;
    }

    /** Sends these bytes (characters 0 to 255) and returns all that comes until the end. */
    String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return readAll(socket);
        }
    }

    static String readAll(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                all.write(buffer, 0, n);
            }
        } catch (java.net.SocketException e) {
            all.write('\n'); // reset after what came
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads until this much of an answer has come. */
    static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(end) < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                return all.toString();
            }
            all.append((char) b);
        }
        return all.toString();
    }

    @Override
    public void close() {
        server.close();
    }
}
