package fish.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.RequestId;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MessagesTest {
    private static final long NOW = 1_000_000_007L;
    private static final long SEED = 20_260_101L;
    private static final int ROUNDS = 2_000;

    @Test
    void everyMessageComesBackAsItWas() throws Exception {
        RandomMessages any = new RandomMessages(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            Write write = any.write(NOW);
            assertThat(RequestCodec.readWrite(message(RequestCodec.frame(write, i, NOW)), NOW))
                    .isEqualTo(write);
            Read read = any.read(NOW);
            assertThat(RequestCodec.readRead(message(RequestCodec.frame(read, i, NOW)), NOW))
                    .isEqualTo(read);
            var outcome = any.outcome();
            assertThat(AnswerCodec.readOutcome(message(AnswerCodec.frame(outcome, i))))
                    .isEqualTo(outcome);
            var readOutcome = any.readOutcome();
            assertThat(AnswerCodec.readReadOutcome(message(AnswerCodec.frame(readOutcome, i))))
                    .isEqualTo(readOutcome);
        }
    }

    @Test
    void nobodyIsAskedForMoreThanAPageHolds() throws Exception {
        byte[] all = {};
        Query.Range range = new Query.Range(all, all, false, true, Query.Range.LIMIT_MAX, Integer.MAX_VALUE);
        Read read = Read.of(range, Consistency.STRONG, NOW);
        Read there = RequestCodec.readRead(message(RequestCodec.frame(read, 1, NOW)), NOW);
        assertThat(((Query.Range) there.query()).bytesMax()).isEqualTo(Query.Range.BYTES_MAX);
    }

    @Test
    void theWireIsWhatItWas() {
        Write write = new Write(
                Txn.of(new Operation.Put(Key.of("a"), new Value(new byte[] {7}, "t/x", ""), 0)),
                Durability.QUORUM,
                NOW + TimeUnit.SECONDS.toNanos(10),
                new RequestId(1, 2),
                true,
                3,
                Idempotency.NONE);
        assertThat(HexFormat.of().formatHex(bytes(RequestCodec.frame(write, 5, NOW))))
                .isEqualTo("00000050" + "01" + "0000000000000005" + "01"
                        + "0000000000000001" + "0000000000000002" + "03" + "00002710" + "01"
                        + "0000000000000003" + "0000" + "0000" + "00000000" + "00000001"
                        + "00" + "000161" + "0003742f78" + "0000" + "00000001" + "07"
                        + "0000000000000000" + "00000000");
    }

    @Test
    void aDeadlineTravelsAsTheTimeThatIsLeft() throws Exception {
        long there = -77;
        Read read = read(NOW + TimeUnit.MILLISECONDS.toNanos(250));
        assertThat(RequestCodec.readRead(message(RequestCodec.frame(read, 1, NOW)), there)
                        .deadlineNanos())
                .isEqualTo(there + TimeUnit.MILLISECONDS.toNanos(250));
        Read late = read(NOW - 1);
        assertThat(RequestCodec.readRead(message(RequestCodec.frame(late, 1, NOW)), there)
                        .deadlineNanos())
                .isEqualTo(there);
    }

    @Test
    void whatIsCutShortIsMalformed() {
        RandomMessages any = new RandomMessages(SEED);
        for (int i = 0; i < ROUNDS / 10; i++) {
            byte[] frame = bytes(RequestCodec.frame(any.write(NOW), i, NOW));
            int step = Math.max(1, frame.length / 50);
            for (int end = Frame.HEADER_BYTES; end < frame.length; end += step) {
                MessageReader cut =
                        new MessageReader(ByteBuffer.wrap(frame, Frame.HEADER_BYTES, end - Frame.HEADER_BYTES));
                assertThatThrownBy(() -> RequestCodec.readWrite(cut, NOW))
                        .isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void flippedBitsGiveAMessageOrAreMalformed() {
        RandomMessages any = new RandomMessages(SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] write = bytes(RequestCodec.frame(any.write(NOW), i, NOW));
            byte[] read = bytes(RequestCodec.frame(any.read(NOW), i, NOW));
            byte[] outcome = bytes(AnswerCodec.frame(any.outcome(), i));
            byte[] readOutcome = bytes(AnswerCodec.frame(any.readOutcome(), i));
            for (byte[] frame : List.of(write, read, outcome, readOutcome)) {
                int flips = 1 + random.nextInt(3);
                for (int flip = 0; flip < flips; flip++) {
                    int at = Frame.HEADER_BYTES + random.nextInt(frame.length - Frame.HEADER_BYTES);
                    frame[at] ^= (byte) (1 << random.nextInt(8));
                }
                readAsAnything(frame);
            }
        }
    }

    @Test
    void randomBytesGiveAMessageOrAreMalformed() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS * 10; i++) {
            byte[] frame = new byte[Frame.HEADER_BYTES + 1 + random.nextInt(200)];
            random.nextBytes(frame);
            frame[Frame.HEADER_BYTES] = RequestCodec.VERSION;
            readAsAnything(frame);
        }
    }

    @Test
    void whatNoReaderWouldTakeIsNotWritten() {
        Txn delete = Txn.of(new Operation.Delete(Key.of("a")));
        Read changing = Read.of(new Query.Reads(delete), Consistency.STRONG, NOW);
        assertThatThrownBy(() -> RequestCodec.frame(changing, 1, NOW)).isInstanceOf(IllegalArgumentException.class);
        Txn many = new Txn(
                List.of(),
                Collections.nCopies(Txn.ENTRIES_MAX + 1, delete.then().get(0)),
                List.of());
        Write tooMany = Write.of(many, Durability.QUORUM, NOW, new RequestId(1, 2));
        assertThatThrownBy(() -> RequestCodec.frame(tooMany, 1, NOW)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReadThatWouldChangeSomethingIsMalformed() {
        MessageWriter out = new MessageWriter();
        out.u8(RequestCodec.VERSION);
        out.u8(0);
        out.i64(0);
        out.i64(Read.ANY_LAG);
        out.i32(1000);
        out.u8(2);
        TxnCodec.write(out, Txn.of(new Operation.Delete(Key.of("a"))));
        assertThatThrownBy(() -> RequestCodec.readRead(message(out.frame(FrameKind.READ, 1)), NOW))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("would change");
    }

    @Test
    void anAnnouncedLengthCostsNothing() {
        MessageWriter out = new MessageWriter();
        out.i32(Integer.MAX_VALUE);
        assertThatThrownBy(() -> message(out.frame(FrameKind.WRITE, 1)).longBytes())
                .isInstanceOf(MalformedMessageException.class);
    }

    private static Read read(long deadlineNanos) {
        return Read.of(new Query.Get(Key.of("a"), true), Consistency.STRONG, deadlineNanos);
    }

    /** Anything but a malformed message would end the I/O thread's task, so nothing else may be thrown. */
    private static void readAsAnything(byte[] frame) {
        for (int kind = 0; kind < 4; kind++) {
            MessageReader in =
                    new MessageReader(ByteBuffer.wrap(frame, Frame.HEADER_BYTES, frame.length - Frame.HEADER_BYTES));
            try {
                switch (kind) {
                    case 0 -> RequestCodec.readWrite(in, NOW);
                    case 1 -> RequestCodec.readRead(in, NOW);
                    case 2 -> AnswerCodec.readOutcome(in);
                    default -> AnswerCodec.readReadOutcome(in);
                }
            } catch (MalformedMessageException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
    }

    static byte[] bytes(Frame frame) {
        ByteBuffer bytes = ByteBuffer.allocate(frame.size());
        frame.copyTo(bytes);
        return bytes.array();
    }

    private static MessageReader message(Frame frame) {
        byte[] bytes = bytes(frame);
        return new MessageReader(ByteBuffer.wrap(bytes, Frame.HEADER_BYTES, bytes.length - Frame.HEADER_BYTES));
    }
}
