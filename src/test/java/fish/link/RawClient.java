package fish.link;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A front-end's end without any of its manners. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Asks for the upgrade, says these bytes in the same breath, and reads up to the answer's end. */
    static RawClient open(URI backEnd, byte[] atOnce) throws IOException {
        return open(backEnd, atOnce, "");
    }

    /** Takes large messages in pieces, and sends them so. */
    static RawClient inPieces(URI backEnd) throws IOException {
        return open(backEnd, new byte[0], LinkServer.PIECES + ": 1\r\n");
    }

    private static RawClient open(URI backEnd, byte[] atOnce, String headers) throws IOException {
        Socket socket = new Socket(backEnd.getHost(), backEnd.getPort());
        socket.setSoTimeout(20_000);
        byte[] head = ("GET " + LinkServer.PATH + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
                        + LinkServer.PROTOCOL + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = ByteBuffer.allocate(head.length + atOnce.length)
                .put(head)
                .put(atOnce)
                .array();
        socket.getOutputStream().write(all);
        RawClient client = new RawClient(socket);
        String answer = ScriptedServer.readHead(client.in);
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(answer);
        }
        return client;
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** The kind of the next frame that is no ping. */
    FrameKind next() throws IOException {
        while (true) {
            byte[] frame = in.readNBytes(in.readInt());
            FrameKind kind = FrameKind.of(frame[0]);
            if (kind != FrameKind.PING) {
                return kind;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
