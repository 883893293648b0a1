package fish.link;

import static fish.link.TestFrontEnd.SOON;
import static fish.link.TestFrontEnd.now;
import static fish.link.TestFrontEnd.put;
import static fish.link.TestFrontEnd.send;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import fish.budget.ByteBudget;
import fish.kv.Consistency;
import fish.kv.Key;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.Service;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever connects to a link can say that much is to come. What that costs is bounded, in bytes and in time, and is nobody else's. */
@Timeout(120)
final class StrangersTest {
    private static final int MIB = 1 << 20;

    private final ByteBudget requests = new ByteBudget(16 * MIB);
    private final ByteBudget strangers = new ByteBudget(4 * MIB);
    private final TestFrontEnd front;
    private TestBackEnd back;

    StrangersTest() throws Exception {
        front = new TestFrontEnd(LinkTest.brisk()).provedBy("a node's");
        back = serving(new EchoService(), limits(LinkLimits.CONNECTIONS_MAX));
    }

    /** A stranger's message has ten seconds. */
    private static LinkLimits limits(int connectionsMax) {
        return TestFrontEnd.limits(connectionsMax, Duration.ofMillis(100), Duration.ofSeconds(1));
    }

    private TestBackEnd serving(Service service, LinkLimits limits) {
        return serving(service, limits, LinkCaller.STRANGER);
    }

    /** @param others who they are that do not show a proof */
    private TestBackEnd serving(Service service, LinkLimits limits, LinkCaller others) {
        LinkServer.Budgets budgets = new LinkServer.Budgets(requests, new ByteBudget(16 * MIB), strangers);
        return new TestBackEnd(new LinkServer(
                        service,
                        limits,
                        budgets,
                        MIB,
                        upgrade -> "a node's".equals(upgrade.getRequestHeaders().getFirst(LinkServer.PROOF))
                                ? LinkCaller.NODE
                                : others))
                .start();
    }

    @AfterEach
    void close() {
        back.close();
        front.close();
    }

    private static byte[] announcement(FrameKind kind, long id, int bytes) {
        MessageWriter out = new MessageWriter();
        out.u8(kind.code());
        out.i32(bytes);
        return MessagesTest.bytes(out.frame(FrameKind.ANNOUNCE, id));
    }

    private static byte[] ping() {
        return MessagesTest.bytes(new MessageWriter().frame(FrameKind.PING, 0));
    }

    /** Says this again and again until it is cut off. */
    private void untilCutOff(RawClient client, byte[] said) {
        eventually(SOON, () -> {
            try {
                client.write(said);
            } catch (IOException e) {
                // It is cut off.
            }
            assertThat(back.links().connections()).isZero();
        });
        assertNoneWaits();
    }

    /** What one gives back the next one has for a moment, until all are gone. */
    private void assertNoneWaits() {
        eventually(SOON, () -> {
            assertThat(strangers.waiting()).isZero();
            assertThat(strangers.used()).isZero();
        });
    }

    @Test
    void aFrameThatDripsIsCountedAndCutOff() throws Exception {
        int large = 9 * MIB;
        byte[] begun = ByteBuffer.allocate(MIB)
                .putInt(large)
                .put((byte) FrameKind.WRITE.code())
                .array();
        try (RawClient client = RawClient.open(back.uri(), begun)) {
            eventually(SOON, () -> assertThat(strangers.used()).isBetween((long) MIB, (long) large));
            assertThat(requests.used()).isZero();
            untilCutOff(client, new byte[1]);
        }
    }

    @Test
    void aSmallFrameThatDripsIsCutOffToo() throws Exception {
        byte[] begun = ByteBuffer.allocate(20).putInt(100_000).array();
        try (RawClient client = RawClient.open(back.uri(), begun)) {
            untilCutOff(client, new byte[1]);
        }
    }

    @Test
    void framesThatThereIsNoRoomForAreCutOff() throws Exception {
        byte[] begun = ByteBuffer.allocate(MIB)
                .putInt(9 * MIB)
                .put((byte) FrameKind.WRITE.code())
                .array();
        strangers.force(4 * MIB);
        try (RawClient client = RawClient.open(back.uri(), new byte[0])) {
            client.write(begun);
            client.next();
            fail("it is served");
        } catch (IOException e) {
            eventually(SOON, () -> assertThat(back.links().connections()).isZero());
        }
        assertThat(strangers.used()).isEqualTo(4 * MIB);
        strangers.give(4 * MIB);
    }

    @Test
    void whoTakesPiecesSendsNoLargeFrameWhole() throws Exception {
        try (RawClient client = RawClient.inPieces(back.uri())) {
            client.write(ByteBuffer.allocate(100)
                    .putInt(MIB)
                    .put((byte) FrameKind.WRITE.code())
                    .array());
            eventually(SOON, () -> assertThat(back.links().connections()).isZero());
        }
    }

    @Test
    void whatIsAnnouncedAndDoesNotComeIsCutOff() throws Exception {
        try (RawClient client = RawClient.inPieces(back.uri())) {
            client.write(announcement(FrameKind.WRITE, 1, 2 * MIB));
            assertThat(client.next()).isEqualTo(FrameKind.ACCEPT);
            assertThat(strangers.used()).isEqualTo(2 * MIB);
            assertThat(requests.used()).isZero();
            untilCutOff(client, ping());
        }
    }

    private static byte[] read(long id) {
        Read read = Read.of(new Query.Get(Key.of("1"), true), Consistency.STRONG, System.nanoTime() + SOON.toNanos());
        return MessagesTest.bytes(RequestCodec.frame(read, id, System.nanoTime()));
    }

    /** Its answer would give the room back, and the bytes that were taken for it would stay. */
    @Test
    void whatWasTakenInPiecesIsNotSaidInAnotherWay() throws Exception {
        try (RawClient client = RawClient.inPieces(back.uri())) {
            client.write(announcement(FrameKind.READ, 1, 2 * MIB));
            assertThat(client.next()).isEqualTo(FrameKind.ACCEPT);
            client.write(read(1));
            assertThatThrownBy(client::next).isInstanceOf(IOException.class);
        }
        eventually(SOON, () -> assertThat(strangers.used()).isZero());
    }

    @Test
    void whatWaitsForRoomIsNotSaidInAnotherWayEither() throws Exception {
        strangers.force(4 * MIB);
        try (RawClient client = RawClient.inPieces(back.uri())) {
            client.write(announcement(FrameKind.READ, 1, 2 * MIB));
            eventually(SOON, () -> assertThat(strangers.waiting()).isOne());
            client.write(read(1));
            assertThatThrownBy(client::next).isInstanceOf(IOException.class);
        }
        eventually(SOON, () -> assertThat(strangers.waiting()).isZero());
        strangers.give(4 * MIB);
    }

    @Test
    void strangersTakeNoRoomOfNodes() throws Exception {
        back.close();
        back = serving(new EchoService(), LinkLimits.DEFAULT);
        try (RawClient client = RawClient.inPieces(back.uri())) {
            for (int i = 1; i <= 64; i++) {
                client.write(announcement(FrameKind.WRITE, i, 2 * MIB));
            }
            client.write(announcement(FrameKind.WRITE, 65, 2 * MIB));
            client.write(announcement(FrameKind.READ, 66, 2 * MIB));
            assertThat(client.next()).isEqualTo(FrameKind.ACCEPT);
            assertThat(client.next()).isEqualTo(FrameKind.REJECT);
            assertThat(client.next()).isEqualTo(FrameKind.OUTCOME);
            assertThat(client.next()).isEqualTo(FrameKind.REJECT);
            assertThat(client.next()).isEqualTo(FrameKind.READ_OUTCOME);
            LinkClient node = front.connect(back.uri());
            for (int i = 0; i < 20; i++) {
                client.write(ping());
                assertThat(now(send(node, put(i, MIB)))).startsWith("committed");
            }
            assertThat(strangers.waiting()).isPositive();
        }
        assertNoneWaits();
    }

    /** Each is answered with more than it took to say. */
    @Test
    void ofWhoTakesNoAnswersNoMoreIsRead() throws Exception {
        byte[] one = announcement(FrameKind.WRITE, 1, 2 * MIB);
        ByteBuffer many = ByteBuffer.allocate(one.length * 10_000);
        for (int i = 0; i < 10_000; i++) {
            many.put(one).putLong(many.position() - one.length + Frame.LENGTH_BYTES + 1, i);
        }
        long written = 0;
        try (RawClient client = RawClient.inPieces(back.uri())) {
            while (written < 1_000_000_000) {
                client.write(many.array());
                written += many.capacity();
            }
        } catch (IOException cutOff) {
            assertThat(cutOff).isNotNull();
        }
        assertThat(written).isLessThan(64 * MIB);
        eventually(SOON, () -> assertThat(back.links().connections()).isZero());
        eventually(SOON, () -> assertThat(strangers.used()).isZero());
    }

    @Test
    void whoHasBeenServedIsNoStrangerAnyMore() throws Exception {
        HeldService held = new HeldService();
        back.close();
        back = serving(held, LinkLimits.DEFAULT);
        try (TestFrontEnd unproven = new TestFrontEnd(LinkLimits.DEFAULT)) {
            LinkClient client = unproven.connect(back.uri());
            var first = send(client, put(1, MIB));
            eventually(SOON, () -> assertThat(held.held()).hasSize(1));
            assertThat(strangers.used()).isPositive();
            held.held().get(0).commit();
            assertThat(now(first)).startsWith("committed");
            var second = send(client, put(2, MIB));
            eventually(SOON, () -> assertThat(held.held()).hasSize(2));
            assertThat(strangers.used()).isZero();
            assertThat(requests.used()).isPositive();
            held.held().get(1).commit();
            assertThat(now(second)).startsWith("committed");
        }
    }

    /** In an open group nobody can show what they are: they take room as nodes do, and have the time of strangers. */
    @Test
    void whoCanShowNothingHasNoMoreTimeForHavingBeenServed() throws Exception {
        back.close();
        back = serving(new EchoService(), limits(LinkLimits.CONNECTIONS_MAX), LinkCaller.UNPROVEN);
        try (RawClient client = RawClient.inPieces(back.uri())) {
            client.write(MessagesTest.bytes(RequestCodec.frame(put(1, 1), 1, System.nanoTime())));
            assertThat(client.next()).isEqualTo(FrameKind.OUTCOME);
            client.write(announcement(FrameKind.WRITE, 2, 2 * MIB));
            assertThat(client.next()).isEqualTo(FrameKind.ACCEPT);
            assertThat(requests.used()).isEqualTo(2 * MIB);
            assertThat(strangers.used()).isZero();
            untilCutOff(client, ping());
            assertThat(requests.used()).isZero();
        }
    }

    @Test
    void strangersMakeRoomAndNodesDoNot() throws Exception {
        back.close();
        back = serving(new EchoService(), limits(2));
        try (RawClient first = RawClient.open(back.uri(), ping())) {
            RawClient second = RawClient.open(back.uri(), ping());
            LinkClient node = front.connect(back.uri());
            assertThatThrownBy(() -> {
                        while (true) {
                            first.next();
                        }
                    })
                    .isInstanceOf(IOException.class);
            second.close();
            LinkClient other = front.connect(back.uri());
            assertThat(now(send(node, put(1, 1)))).startsWith("committed");
            assertThat(now(send(other, put(2, 1)))).startsWith("committed");
            assertThatThrownBy(() -> RawClient.open(back.uri(), new byte[0])).hasMessageContaining("503");
        }
    }
}
