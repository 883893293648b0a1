package fish.group.probe;

import fish.contract.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;

/**
 * Questions to a JE node and their answers, in JE's text protocols: {@code Service:}, the length of the
 * service's name and the name; one byte back; then a line each way, and the connection is closed. Unlike
 * JE's own callers it can be ended at any time, by {@link #close} from another thread; for the rest it
 * is one thread's.
 */
public final class NodeCall implements AutoCloseable {
    public static final String SERVICE_PREFIX = "Service:";
    public static final byte SERVICE_OK = 0;

    /** What JE writes for the id of a caller that is no member. */
    static final String NO_MEMBER = Integer.toString(Integer.MIN_VALUE);

    private static final int ANSWER_BYTES_MAX = 1 << 20;

    /** The first byte of what TLS says to somebody who does not speak it. */
    private static final int TLS_ALERT = 21;

    private static final String HOW_TO_SPEAK_TLS =
            "make this node's home again with a certificate, bin/setup NAME --force --tls";

    private final SocketFactory sockets;
    private final long end;
    private Socket socket = new Socket();
    private boolean closed;

    /**
     * @param timeout from now on, for all questions together
     */
    NodeCall(SocketFactory sockets, Duration timeout) {
        this.sockets = sockets;
        this.end = System.nanoTime() + timeout.toNanos();
    }

    /** Something answers there that is no JE node. */
    static final class NotANodeException extends IOException {
        NotANodeException(String message) {
            super(message);
        }
    }

    /**
     * @return the answer, split at JE's separator: version, group, id, operation, and what belongs to it
     * @throws NotANodeException if what answers does not speak as a JE node does
     * @throws IOException if nothing answers, in time or at all
     */
    String[] ask(HostPort node, String service, String question) throws IOException {
        InetSocketAddress address = node.resolve();
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host " + node.host());
        }
        try (Socket open = open()) {
            open.connect(address, millisLeft());
            open.setSoTimeout(millisLeft());
            OutputStream out = open.getOutputStream();
            InputStream in = open.getInputStream();
            out.write(serviceRequest(service));
            requireAccepted(in.read(), open instanceof SSLSocket);
            out.write((question + "\n").getBytes(StandardCharsets.UTF_8));
            String[] answer = readLine(open, in).split("\\|", -1);
            if (answer.length < 4) {
                throw new NotANodeException("answers, but not as a JE node does");
            }
            return answer;
        }
    }

    private synchronized Socket open() throws IOException {
        if (closed) {
            throw new IOException("given up");
        }
        socket = sockets.createSocket();
        return socket;
    }

    private static byte[] serviceRequest(String service) {
        byte[] name = service.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(SERVICE_PREFIX.getBytes(StandardCharsets.US_ASCII));
        request.write(name.length);
        request.writeBytes(name);
        return request.toByteArray();
    }

    private static void requireAccepted(int response, boolean tls) throws NotANodeException {
        if (!tls && response == TLS_ALERT) {
            throw new NotANodeException("speaks TLS, and this node does not: " + HOW_TO_SPEAK_TLS);
        }
        if (!tls && response < 0) {
            throw new NotANodeException("closes the connection when asked as a JE node without TLS. If its group uses"
                    + " TLS: " + HOW_TO_SPEAK_TLS);
        }
        if (response < 0) {
            throw new NotANodeException("closes the connection when asked as a JE node");
        }
        if (response != SERVICE_OK) {
            throw new NotANodeException("does not answer as a JE node of this network does (byte " + response + ")");
        }
    }

    private String readLine(Socket socket, InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        while (line.size() <= ANSWER_BYTES_MAX) {
            socket.setSoTimeout(millisLeft());
            int count = in.read(chunk);
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    line.write(chunk, 0, i);
                    return line.toString(StandardCharsets.UTF_8).strip();
                }
            }
            if (count < 0) {
                throw new NotANodeException("closes the connection without an answer");
            }
            line.write(chunk, 0, count);
        }
        throw new NotANodeException("answers with more than " + ANSWER_BYTES_MAX + " bytes");
    }

    private int millisLeft() throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (millis <= 0) {
            throw new IOException("does not answer in time");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Ends a call that is under way; it then fails. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // It was of no more use anyhow.
        }
    }
}
