package fish.client;

import fish.run.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A front-end that does with each request what its script says next, and passes on to a real server what no script is
 * left for. One request per connection.
 */
final class FaultyFrontEnd implements AutoCloseable {
    /** What to do with a request, which was read to its end; the connection is closed afterwards. */
    @FunctionalInterface
    interface Step {
        void run(FaultyFrontEnd frontEnd, String request, Socket client) throws IOException;
    }

    static final Step PASS_ON = (frontEnd, request, client) -> frontEnd.send(client, frontEnd.forward(request));
    static final Step BREAK_BEFORE = (frontEnd, request, client) -> {};
    static final Step BREAK_AFTER = (frontEnd, request, client) -> frontEnd.forward(request);
    static final Step HALF_AN_ANSWER = (frontEnd, request, client) -> {
        String answer = frontEnd.forward(request);
        frontEnd.send(client, answer.substring(0, answer.length() - 3));
    };
    static final Step HALF_A_HEAD = (frontEnd, request, client) -> {
        frontEnd.send(client, frontEnd.forward(request).substring(0, 9));
    };
    static final Step SILENCE_BEFORE = (frontEnd, request, client) -> frontEnd.awaitEnd(client);
    static final Step SILENCE_AFTER = (frontEnd, request, client) -> {
        frontEnd.forward(request);
        frontEnd.awaitEnd(client);
    };

    private final int target;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Threads.named("faulty-front-end"));
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Queue<Step> script = new ConcurrentLinkedQueue<>();
    final List<String> requests = new CopyOnWriteArrayList<>();

    FaultyFrontEnd(int target, Step... steps) throws IOException {
        this.target = target;
        script.addAll(List.of(steps));
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** An answer of its own. */
    static Step answer(int status, String type, String body, String... headers) {
        String head = "HTTP/1.1 " + status + " Told\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                + "\r\n" + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n" : "");
        return (frontEnd, request, client) -> frontEnd.send(client, head + "Connection: close\r\n\r\n" + body);
    }

    static Step problem(int status, String code, String outcome) {
        return answer(
                status,
                "application/problem+json",
                "{\"status\":" + status + ",\"code\":\"" + code + "\",\"detail\":\"told\",\"outcome\":\"" + outcome
                        + "\"}");
    }

    /** A stream of events that breaks after these. */
    static Step events(String... events) {
        return (frontEnd, request, client) -> frontEnd.send(
                client,
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunks(events));
    }

    /** As {@link #events}, but it stays open and silent. */
    static Step eventsThenSilence(String... events) {
        return (frontEnd, request, client) -> {
            events(events).run(frontEnd, request, client);
            frontEnd.awaitEnd(client);
        };
    }

    private static String chunks(String... events) {
        StringBuilder all = new StringBuilder();
        for (String event : events) {
            int bytes = event.getBytes(StandardCharsets.ISO_8859_1).length;
            all.append(Integer.toHexString(bytes)).append("\r\n").append(event).append("\r\n");
        }
        return all.toString();
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    void next(Step... steps) {
        script.addAll(List.of(steps));
    }

    /** What a header of each request was, in order. */
    List<String> headers(String name) {
        return requests.stream()
                .flatMap(request -> request.lines()
                        .filter(line -> line.startsWith(name + ": "))
                        .map(line -> line.substring(name.length() + 2)))
                .toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed: the end of a test.
        }
    }

    private void serve(Socket client) {
        try (client) {
            String request = readRequest(client.getInputStream());
            if (request.isEmpty()) {
                return;
            }
            requests.add(request);
            Step step = script.poll();
            (step == null ? PASS_ON : step).run(this, request, client);
        } catch (IOException e) {
            // The client went away, which is part of a story.
        } finally {
            open.remove(client);
        }
    }

    private static String readRequest(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            text.append((char) b);
        }
        int length = text.toString()
                .lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .findFirst()
                .orElse(0);
        return text + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    private String forward(String request) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            server.setSoTimeout(15_000);
            server.getOutputStream()
                    .write(request.replaceFirst("\r\n", "\r\nConnection: close\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            server.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private void send(Socket client, String answer) throws IOException {
        client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        client.getOutputStream().flush();
    }

    private void awaitEnd(Socket client) throws IOException {
        client.setSoTimeout(15_000);
        client.getInputStream().transferTo(new ByteArrayOutputStream());
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : open) {
            client.close();
        }
        threads.shutdownNow();
    }
}
