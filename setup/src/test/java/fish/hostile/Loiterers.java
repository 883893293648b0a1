package fish.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Many connections that cost their peer something and do little: idle ones, half a head, a body byte by
 * byte, answers and streams that nobody reads. Those that end are replaced.
 */
final class Loiterers extends Attack {
    private static final int OPENED_AT_ONCE_MAX = 40;
    private static final int DRIPS_AT_ONCE = 100;
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

    private final int size;
    private final Noise.Ports ports;
    private final List<Member> members = new ArrayList<>();

    private static final class Member {
        private final SocketChannel channel;
        private final ByteBuffer drip;
        private final boolean reads;

        /** @param drip what it still sends, one byte at a time */
        Member(SocketChannel channel, byte[] drip, boolean reads) {
            this.channel = channel;
            this.drip = ByteBuffer.wrap(drip);
            this.reads = reads;
        }
    }

    /** @param size connections, over all ports */
    Loiterers(Arms arms, int size, Noise.Ports ports) {
        super(arms);
        this.size = size;
        this.ports = ports;
    }

    @Override
    void strike() throws IOException {
        for (int i = 0; i < OPENED_AT_ONCE_MAX && members.size() < size; i++) {
            join();
        }
        for (int i = 0; i < DRIPS_AT_ONCE && !members.isEmpty(); i++) {
            Member member = chance.pick(members);
            if (!drips(member) || chance.oneIn(500)) {
                member.channel.close();
                members.remove(member);
                findings.count("crowd left");
            }
        }
    }

    /** How many there are. */
    int members() {
        return members.size();
    }

    private void join() throws IOException {
        URI to = chance.oneIn(3) ? chance.pick(ports.backs()) : chance.pick(ports.https());
        switch (chance.below(9)) {
            case 0 -> join(to, "", "", true);
            case 1 -> join(to, "GET /kv/hostile/k1 HTTP/1.1\r\nHo", "", true);
            case 2 -> join(to, "", "GET /kv/hostile/k1" + HOST + "X: " + "x".repeat(5000), true);
            case 3 -> join(to, "PUT /kv/hostile/slow" + HOST + "Content-Length: 5000\r\n\r\n", "x".repeat(5000), true);
            case 4 ->
                join(to, "POST /txn" + HOST + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n".repeat(999), true);
            case 5 -> join(to, ("GET /kv/" + chance.pick(Large.KEYS) + HOST + "\r\n").repeat(3), "", false);
            case 6 ->
                join(
                        to,
                        "GET /changes?since=1&prefix=hostile/" + HOST + "Accept: text/event-stream\r\n\r\n",
                        "",
                        false);
            case 7 -> join(chance.pick(ports.replications()), chance.of("", "Serv", "Service:\u0006Feeder"), "", true);
            default -> join(to, "GET /health/live" + HOST + "\r\n", "", true);
        }
    }

    private void join(URI to, String first, String drip, boolean reads) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.connect(new InetSocketAddress(to.getHost(), to.getPort()));
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(first.getBytes(StandardCharsets.ISO_8859_1)));
            members.add(new Member(channel, drip.getBytes(StandardCharsets.ISO_8859_1), reads));
            findings.count("crowd joined");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether it is still there. */
    private static boolean drips(Member member) {
        try {
            if (member.drip.hasRemaining()) {
                ByteBuffer one = member.drip.slice(member.drip.position(), 1);
                member.drip.position(member.drip.position() + member.channel.write(one));
            }
            return !member.reads || member.channel.read(ByteBuffer.allocate(4096)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    void end() {
        for (Member member : members) {
            try {
                member.channel.close();
            } catch (IOException e) {
                findings.count("crowd not closed");
            }
        }
    }
}
