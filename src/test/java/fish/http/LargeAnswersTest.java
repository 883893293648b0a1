package fish.http;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Need;
import fish.testing.Standard;
import io.undertow.util.Methods;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of an answer that was taken nothing is left, however long its connection goes on. */
class LargeAnswersTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int BYTES = 1 << 20;

    private final List<WeakReference<byte[]>> answered = new CopyOnWriteArrayList<>();
    private final HttpServer server = new HttpServer(
            Standard.http(),
            List.of(
                    Route.read(Methods.GET, "/one", Need.NOTHING, call -> call.send(200, made('a'))),
                    Route.read(Methods.GET, "/held", Need.NOTHING, call -> call.sendHeld(200, made('a'))),
                    Route.read(
                            Methods.GET,
                            "/many",
                            Need.NOTHING,
                            call -> call.jsonHeld(List.of(made('a'), new byte[] {'b'}, made('c')))),
                    Route.read(Methods.GET, "/pieces", Need.NOTHING, call -> call.jsonInPieces(pieces()))));

    private Iterator<ByteBuffer> pieces() {
        return Stream.of('a', 'b', 'c')
                .map(letter -> ByteBuffer.wrap(made(letter)))
                .iterator();
    }

    private byte[] made(char letter) {
        byte[] body = new byte[BYTES];
        java.util.Arrays.fill(body, (byte) letter);
        answered.add(new WeakReference<>(body));
        return body;
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void nothingIsKeptUntilTheNextRequest() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(20_000);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (String path : List.of("/one", "/held", "/many", "/pieces")) {
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String head = head(in);
                assertThat(head).startsWith("HTTP/1.1 200");
                assertThat(body(in, head)).as(path).isEqualTo(expected(path));
                eventually(SOON, () -> {
                    System.gc();
                    assertThat(answered).as(path).allMatch(body -> body.get() == null);
                });
            }
        }
    }

    private static String expected(String path) {
        String a = "a".repeat(BYTES);
        String c = "c".repeat(BYTES);
        return switch (path) {
            case "/many" -> a + "b" + c;
            case "/pieces" -> a + "b".repeat(BYTES) + c;
            default -> a;
        };
    }

    private static String head(DataInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\r\n") < 0) {
            line.append((char) in.readUnsignedByte());
        }
        return line.toString().strip();
    }

    private static String body(DataInputStream in, String head) throws IOException {
        StringBuilder body = new StringBuilder();
        int length = head.indexOf("Content-Length: ");
        if (length >= 0) {
            String digits = head.substring(length + "Content-Length: ".length());
            byte[] bytes = new byte[Integer.parseInt(digits.substring(0, digits.indexOf('\r')))];
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            byte[] chunk = new byte[size];
            in.readFully(chunk);
            body.append(new String(chunk, StandardCharsets.US_ASCII));
            assertThat(line(in)).isEmpty();
        }
        assertThat(line(in)).isEmpty();
        return body.toString();
    }
}
