package fish.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/** Random bytes at every port: at the start, after the link's upgrade, and inside of JE's handshakes. */
final class Noise extends Attack {
    private static final Duration CONNECTION_MAX = Duration.ofMillis(1500);
    private static final int FRAMES_MAX = 200;
    private static final int FRAME_BYTES_MAX = (9 << 20) + (64 << 10);

    private static final List<String> SERVICES = List.of(
            "Feeder", "Acceptor", "Learner", "Group", "LogFileFeeder", "NodeState", "BinaryNodeState", "LDiff", "x");

    private final Where where;
    private final List<URI> https;
    private final List<URI> backs;
    private final List<URI> replications;
    private final ScheduledExecutorService timer;

    /** The ports of nodes. */
    record Ports(List<URI> https, List<URI> backs, List<URI> replications) {}

    /** To what the bytes are sent. */
    enum Where {
        PORTS,
        HANDSHAKES,
        LINKS
    }

    Noise(Arms arms, Ports ports, Where where) {
        super(arms);
        this.where = where;
        this.timer = arms.timer();
        this.https = ports.https();
        this.backs = ports.backs();
        this.replications = ports.replications();
    }

    @Override
    void strike() throws IOException {
        findings.count("noise");
        switch (where) {
            case PORTS ->
                send(chance.pick(chance.oneIn(2) ? https : replications), chance.bytes(1 + chance.below(9_000)));
            case HANDSHAKES -> send(chance.pick(replications), handshake());
            case LINKS -> link();
        }
    }

    private void send(URI to, byte[] bytes) throws IOException {
        try (Wire wire = new Wire(to, CONNECTION_MAX, timer)) {
            wire.send(bytes);
            if (chance.oneIn(3)) {
                wire.sentAll();
            }
            wire.drain();
        }
    }

    private byte[] handshake() {
        String name = chance.pick(SERVICES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("Service:".getBytes(StandardCharsets.US_ASCII));
        bytes.write(chance.oneIn(5) ? chance.below(256) : name.length());
        bytes.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        if (chance.oneIn(2)) {
            // An operation and a length, as JE's messages begin.
            bytes.writeBytes(ByteBuffer.allocate(6)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putShort(
                            chance.of(1, 4, 1001, 1002, 1003, chance.below(120)).shortValue())
                    .putInt(chance.of(0, 10, 1 << 20, 15_000_000, 60_000_000, -1, Integer.MAX_VALUE))
                    .array());
        }
        bytes.writeBytes(chance.bytes(chance.below(300)));
        if (chance.oneIn(3)) {
            bytes.writeBytes("\n|10|fish|x|\n".repeat(chance.below(50)).getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private void link() throws IOException {
        String client = chance.of("hostile", "hostile-" + chance.below(100), "", "r0", "b1");
        try (Wire wire = new Wire(chance.pick(backs), CONNECTION_MAX, timer)) {
            wire.send(
                    ("GET /link HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: fish/1\r\nFish-Client: "
                                    + client + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Wire.Answer answer = wire.read(false);
            findings.count("link status " + answer.status());
            if (answer.status() != 101) {
                return;
            }
            int frames = 1 + chance.below(FRAMES_MAX);
            for (int i = 0; i < frames; i++) {
                wire.send(frame());
            }
            wire.drain();
        }
    }

    /** A frame that is good at first sight, mostly. */
    private byte[] frame() {
        byte[] message = chance.oneIn(4) ? chance.bytes(chance.below(200)) : read();
        int kind = chance.oneIn(10) ? chance.below(256) : 2;
        int length = chance.oneIn(50)
                ? chance.of(-1, 0, 8, FRAME_BYTES_MAX, FRAME_BYTES_MAX + 1, Integer.MAX_VALUE)
                : message.length + 9;
        return ByteBuffer.allocate(13 + message.length)
                .putInt(length)
                .put((byte) kind)
                .putLong(chance.below(1000))
                .put(message)
                .array();
    }

    /** A read of a large record, with a byte changed now and then. */
    private byte[] read() {
        byte[] key = chance.pick(Large.KEYS).getBytes(StandardCharsets.US_ASCII);
        byte[] message = ByteBuffer.allocate(26 + key.length)
                .put((byte) 1)
                .put((byte) chance.below(3))
                .putLong(0)
                .putLong(-1)
                .putInt(1000)
                .put((byte) 0)
                .putShort((short) key.length)
                .put(key)
                .put((byte) 1)
                .array();
        if (chance.oneIn(8)) {
            message[chance.below(message.length)] = (byte) chance.below(256);
        }
        return message;
    }
}
