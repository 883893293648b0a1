package fish.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.link.FrameSender.Drained;
import fish.link.FrameSender.Sent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FrameSenderTest {
    private static final int BUFFER_BYTES = 64;
    private static final LinkLimits LIMITS =
            new LinkLimits(1024, 3, 2048, 1, 1024, 1, LinkLimits.PING_EVERY, LinkLimits.SILENCE_MAX);

    private final AtomicInteger wakeUps = new AtomicInteger();
    private final FrameSender sender = new FrameSender(LIMITS, false, BUFFER_BYTES, wakeUps::incrementAndGet);
    private final Socket socket = new Socket();

    @Test
    void manyFramesWakeTheDrainOnceAndGoOutInOneWrite() throws Exception {
        sender.send(frame(20));
        sender.send(frame(30));
        assertThat(wakeUps).hasValue(1);
        assertThat(sender.drain(socket)).isEqualTo(Drained.DONE);
        assertThat(socket.writes).isEqualTo(1);
        assertThat(socket.taken.size()).isEqualTo(50);
        sender.send(frame(1));
        assertThat(wakeUps).hasValue(2);
    }

    @Test
    void aFrameIsHandedWithItsFirstByte() throws Exception {
        Frame first = frame(20);
        Frame second = frame(20);
        sender.send(first);
        sender.send(second);
        assertThat(sender.handed(first)).isFalse();
        socket.room = 20;
        assertThat(sender.drain(socket)).isEqualTo(Drained.BLOCKED);
        assertThat(sender.handed(first)).isTrue();
        assertThat(sender.handed(second)).isFalse();
        socket.room = 1;
        assertThat(sender.drain(socket)).isEqualTo(Drained.BLOCKED);
        sender.close();
        assertThat(sender.handed(second)).isTrue();
    }

    @Test
    void aWriteThatFailsMayHaveTakenAllThatItWasGiven() {
        List<Frame> frames = List.of(frame(40), frame(40), frame(40));
        frames.forEach(sender::send);
        socket.broken = true;
        assertThatThrownBy(() -> sender.drain(socket)).isInstanceOf(IOException.class);
        sender.close();
        assertThat(frames.stream().map(sender::handed)).containsExactly(true, true, false);
    }

    @Test
    void whatIsOverTheBoundsIsRefusedUntilThereIsRoom() throws Exception {
        assertThat(sender.send(frame(1025))).isEqualTo(Sent.FULL);
        assertThat(sender.send(frame(1024))).isEqualTo(Sent.QUEUED);
        assertThat(sender.send(frame(1020))).isEqualTo(Sent.QUEUED);
        assertThat(sender.send(frame(5))).isEqualTo(Sent.FULL);
        assertThat(sender.send(frame(4))).isEqualTo(Sent.QUEUED);
        assertThat(sender.send(frame(0))).isEqualTo(Sent.FULL);
        while (sender.drain(socket) == Drained.MORE) {
            assertThat(socket.writes).isLessThan(100);
        }
        assertThat(sender.idle()).isTrue();
        assertThat(sender.send(frame(5))).isEqualTo(Sent.QUEUED);
    }

    @Test
    void itTellsOfWhatNobodyTakesOrRefuses() {
        FrameSender inPieces = new FrameSender(LinkLimits.DEFAULT, true, FrameChannel.BUFFER_BYTES, () -> {});
        int bytes = FrameSender.WHOLE_BYTES_MAX + 1;
        inPieces.send(new Frame(FrameKind.OUTCOME, 7, ByteBuffer.allocate(bytes)));
        assertThat(inPieces.waitsStill()).isFalse();
        inPieces.send(new Frame(FrameKind.OUTCOME, 8, ByteBuffer.allocate(bytes)));
        assertThat(inPieces.waitsStill()).isTrue();
        inPieces.accepted(7);
        assertThat(inPieces.waitsStill()).isTrue();
        inPieces.rejected(8);
        assertThat(inPieces.waitsStill()).isFalse();
    }

    @Test
    void afterTheEndNothingIsTakenOrWritten() throws Exception {
        Frame waiting = frame(20);
        sender.send(waiting);
        sender.close();
        sender.close();
        assertThat(sender.send(frame(20))).isEqualTo(Sent.CLOSED);
        assertThat(sender.drain(socket)).isEqualTo(Drained.DONE);
        assertThat(socket.writes).isZero();
        assertThat(sender.handed(waiting)).isFalse();
    }

    @Test
    void theStreamIsTheFramesInOrderWhateverTheSocketTakes() throws Exception {
        Random random = new Random(20_260_104L);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            int cut = random.nextInt(bytes.length);
            Frame frame = new Frame(
                    FrameKind.PING, 0, ByteBuffer.wrap(bytes, 0, cut), ByteBuffer.wrap(bytes, cut, bytes.length - cut));
            if (sender.send(frame) == Sent.QUEUED) {
                expected.write(bytes);
            }
            socket.room = random.nextInt(400);
            sender.drain(socket);
        }
        socket.room = Integer.MAX_VALUE;
        List<Drained> drains = new ArrayList<>();
        do {
            drains.add(sender.drain(socket));
        } while (drains.size() < 100 && drains.get(drains.size() - 1) != Drained.DONE);
        assertThat(socket.taken.toByteArray()).isEqualTo(expected.toByteArray());
    }

    private static Frame frame(int size) {
        return new Frame(FrameKind.PING, 0, ByteBuffer.allocate(size));
    }

    /** Takes as much as it has room for. */
    private static final class Socket implements FrameSender.Output {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room = Integer.MAX_VALUE;
        private int writes;
        private boolean broken;

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (broken) {
                throw new IOException("broken pipe");
            }
            byte[] bytes = new byte[Math.min(room, source.remaining())];
            source.get(bytes);
            taken.write(bytes);
            room -= bytes.length;
            writes++;
            return bytes.length;
        }

        @Override
        public boolean flush() {
            return true;
        }
    }
}
