package fish.link;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Takes one connection, and does with it what the script says; then resets it. */
final class ScriptedServer implements AutoCloseable {
    static final String ACCEPT =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + LinkServer.PROTOCOL + "\r\nConnection: Upgrade\r\n\r\n";

    /** What happens after the request for the upgrade was read. */
    interface Script {
        void run(InputStream in, Socket socket) throws Exception;
    }

    private final ServerSocket listening;
    private final Thread thread;

    ScriptedServer(Script script) throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
        thread = new Thread(() -> serve(script), "scripted-server");
    }

    ScriptedServer start() {
        thread.start();
        return this;
    }

    URI uri() {
        return URI.create("http://localhost:" + listening.getLocalPort());
    }

    static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    static void accept(Socket socket) throws IOException {
        write(socket, ACCEPT.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads up to the empty line. */
    static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the peer closed the connection");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private void serve(Script script) {
        try (Socket socket = listening.accept()) {
            socket.setSoTimeout(20_000);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            readHead(in);
            script.run(in, socket);
            socket.setSoLinger(true, 0);
        } catch (Exception ended) {
            // as scripted or not, the connection is reset: the test looks at the client's end alone
            return;
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
