package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.rep.net.DataChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuardedChannelsTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final OpenChannels open = new OpenChannels(2);
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        timer.setRemoveOnCancelPolicy(true);
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        timer.shutdownNow();
    }

    @Test
    void anElectionThatSaysNothingEndsSoon() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            name(peer, channel, "Acceptor");
            assertThat(open.pending()).isZero();

            assertThat(timer.getQueue()).singleElement().satisfies(end -> assertThat(
                            ((java.util.concurrent.Delayed) end).getDelay(TimeUnit.MILLISECONDS))
                    .isLessThanOrEqualTo(ChannelGuard.ELECTION_MAX.toMillis()));
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void whatIsSentInTimeIsRead() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            name(peer, channel, "Learner");
            peer.getOutputStream().write('?');

            ByteBuffer read = ByteBuffer.allocate(10);
            assertThat(channel.read(read)).isEqualTo(1);
            assertThat(read.get(0)).isEqualTo((byte) '?');
        }
    }

    @Test
    void aStreamLasts() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            assertThat(timer.getQueue()).hasSize(1);
            name(peer, channel, "Feeder");
            assertThat(timer.getQueue()).isEmpty();
            assertThat(open.pending()).isZero();
        }
    }

    @Test
    void aCopyThatStallsIsClosed() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            name(peer, channel, "LogFileFeeder");
            Runnable look = timer.getQueue().peek();
            assertThat(channel.write(ByteBuffer.allocate(1))).isEqualTo(1);
            look.run();
            assertThat(channel.isOpen()).as("it moved").isTrue();
            look.run();
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void aQuestionHasAnEnd() throws Exception {
        try (Socket peer = connect()) {
            int heard = 0;
            Thread talker = new Thread(() -> {
                try {
                    peer.getOutputStream().write(new byte[1 << 20]);
                } catch (IOException e) {
                    // The channel was closed.
                }
            });
            try (DataChannel channel = guarded()) {
                name(peer, channel, "Group");
                talker.start();
                for (int count = 0; count >= 0; count = channel.read(ByteBuffer.allocate(8192))) {
                    heard += count;
                }
            }
            talker.join();
            assertThat(heard).isBetween(ChannelGuard.QUESTION_BYTES_MAX, ChannelGuard.QUESTION_BYTES_MAX + 8192);
        }
    }

    @Test
    void servicesThatNoNodeAsksAreNotThere() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            assertThatThrownBy(() -> name(peer, channel, "LDiff")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aServiceHasOnlySoManyAtATime() throws Exception {
        List<Socket> peers = new ArrayList<>();
        try {
            for (int i = 0; i < OpenChannels.COPIES_MAX; i++) {
                peers.add(connect());
                name(peers.get(i), guarded(), "LogFileFeeder");
            }
            peers.add(connect());
            DataChannel more = guarded();
            assertThatThrownBy(() -> name(peers.get(peers.size() - 1), more, "LogFileFeeder"))
                    .isInstanceOf(IOException.class);
            more.close();

            // The others have theirs.
            peers.add(connect());
            name(peers.get(peers.size() - 1), guarded(), "Feeder");
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void theNameMayComeByteByByte() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            for (byte b : request("Feeder")) {
                assertThat(timer.getQueue()).hasSize(1);
                peer.getOutputStream().write(b);
                assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(1);
            }
            assertThat(timer.getQueue()).isEmpty();
        }
    }

    @Test
    void aNameOfNoLengthIsRefused() throws Exception {
        try (Socket peer = connect();
                DataChannel channel = guarded()) {
            byte[] negative = "Service:?".getBytes(StandardCharsets.US_ASCII);
            negative[8] = -1;
            peer.getOutputStream().write(negative);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(9))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void oneThatIsClosedIsForgotten() throws Exception {
        try (Socket peer = connect()) {
            DataChannel channel = guarded();
            channel.close();
            channel.closeForcefully();
            assertThat(timer.getQueue()).isEmpty();
            assertThat(open.pending()).isZero();
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void tooManyThatNameNoServiceAreClosed() throws Exception {
        GuardedChannels channels = new GuardedChannels(1);
        try (Socket first = connect();
                DataChannel waiting = channels.acceptChannel(server.accept());
                Socket second = connect()) {
            assertThat(channels.acceptChannel(server.accept()).isOpen()).isFalse();
            assertThat(second.getInputStream().read()).isEqualTo(-1);

            name(first, waiting, "Group");
            try (Socket third = connect();
                    DataChannel next = channels.acceptChannel(server.accept())) {
                assertThat(next.isOpen()).isTrue();
                third.setSoTimeout(1);
                assertThat(readOrTimeout(third)).isEqualTo("nothing yet");
            }
        }
    }

    private static String readOrTimeout(Socket socket) throws IOException {
        try {
            return "read " + socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            return "nothing yet";
        }
    }

    private Socket connect() throws IOException {
        InetSocketAddress at = (InetSocketAddress) server.getLocalAddress();
        return new Socket(at.getAddress(), at.getPort());
    }

    private DataChannel guarded() throws IOException {
        SocketChannel accepted = server.accept();
        assertThat(open.begin()).isTrue();
        return new GuardedChannel(accepted, timer, open);
    }

    private static byte[] request(String service) {
        byte[] request = ("Service:?" + service).getBytes(StandardCharsets.US_ASCII);
        request[8] = (byte) service.length();
        return request;
    }

    /** As JE reads it: first up to the length, then the name. */
    private static void name(Socket peer, DataChannel channel, String service) throws IOException {
        peer.getOutputStream().write(request(service));
        for (ByteBuffer part : new ByteBuffer[] {ByteBuffer.allocate(9), ByteBuffer.allocate(service.length())}) {
            while (part.hasRemaining()) {
                assertThat(channel.read(part)).isPositive();
            }
        }
    }
}
