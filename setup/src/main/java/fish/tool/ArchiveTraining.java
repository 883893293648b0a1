package fish.tool;

import fish.conf.Surroundings;
import fish.run.Threads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * Uses the classes that commands need, so that {@code bin/fish} can have Java put them into an archive. What answers is
 * no group but a few lines that are written here.
 */
public final class ArchiveTraining {
    private static final int HEAD_BYTES_MAX = 16 << 10;

    private static final String RECORD = """
            {"revision":1,"count":1,"key":"a","created":1,"deleted":true,"group":"g","master":null,"nodes":[],
             "records":[{"key":"a","revision":1,"created":1,"text":"a"}]}""";

    private ArchiveTraining() {}

    public static void main(String[] args) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            Threads.daemon("answers", () -> answerAll(server)).start();
            String url = "http://127.0.0.1:" + server.getLocalPort();
            for (String line : new String[] {
                "put a 1 --ttl 1s",
                "get a",
                "get a --json",
                "delete a",
                "list",
                "list --json",
                "count",
                "touch a --ttl 1s",
                "status",
                "get",
                "--help"
            }) {
                run(url, line.split(" ", -1));
            }
        }
    }

    private static void run(String url, String... line) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Path here = Path.of("").toAbsolutePath();
        InputStream nothing = new ByteArrayInputStream(new byte[0]);
        Surroundings surroundings =
                new Surroundings(Map.of("FISH_URL", url), here, here, nothing, nowhere, nowhere, Clock.systemUTC());
        FishTool.run(surroundings, new Terminal(false, true, true, true), line);
    }

    private static void answerAll(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                readHead(socket.getInputStream());
                byte[] body = RECORD.getBytes(StandardCharsets.UTF_8);
                String head =
                        "HTTP/1.1 200 OK\r\nFish-Revision: 1\r\nFish-Created: 1\r\nContent-Type: application/json\r\n"
                                + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(body);
            } catch (IOException e) {
                // The next one is answered, or the server is closed.
            }
        }
    }

    /** Up to the empty line; what comes after it is small, and does not matter. */
    private static void readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0 && head.length() < HEAD_BYTES_MAX) {
            int b = in.read();
            if (b < 0) {
                return;
            }
            head.append((char) b);
        }
        in.skipNBytes(in.available());
    }
}
