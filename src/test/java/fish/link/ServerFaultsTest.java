package fish.link;

import static fish.link.TestFrontEnd.SOON;
import static fish.link.TestFrontEnd.now;
import static fish.link.TestFrontEnd.put;
import static fish.link.TestFrontEnd.send;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Consistency;
import fish.kv.Key;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.Write;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ServerFaultsTest {
    private static final long SEED = 20_260_103L;
    private static final byte[] NOTHING = new byte[0];

    @Test
    void garbageEndsThatConnectionAlone() throws Exception {
        Random random = new Random(SEED);
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start();
                TestFrontEnd front = new TestFrontEnd(LinkLimits.DEFAULT)) {
            LinkClient good = front.connect(back.uri());
            for (int i = 0; i < 30; i++) {
                byte[] garbage = new byte[1 + random.nextInt(3000)];
                random.nextBytes(garbage);
                garbage[0] = (byte) (1 + random.nextInt(255));
                try (RawClient bad = RawClient.open(back.uri(), NOTHING)) {
                    bad.write(garbage);
                    eventually(
                            SOON, () -> assertThat(back.links().connections()).isEqualTo(1));
                }
            }
            assertThat(now(send(good, put(1, 1)))).isEqualTo("committed 1");
        }
    }

    @Test
    void brokenMessagesInWholeFramesNeverStopTheServer() throws Exception {
        Random random = new Random(SEED);
        RandomMessages any = new RandomMessages(SEED);
        try (TestBackEnd back = new TestBackEnd(new NoService(), LinkLimits.DEFAULT).start();
                TestFrontEnd front = new TestFrontEnd(LinkLimits.DEFAULT)) {
            for (int i = 0; i < 100; i++) {
                byte[] frame = MessagesTest.bytes(RequestCodec.frame(any.write(0), i, 0));
                int at = Frame.LENGTH_BYTES + random.nextInt(frame.length - Frame.LENGTH_BYTES);
                frame[at] ^= (byte) (1 << random.nextInt(8));
                RawClient.open(back.uri(), frame).close();
            }
            assertThat(now(send(front.connect(back.uri()), put(1, 1)))).isEqualTo("refused STARTING");
            eventually(SOON, () -> assertThat(back.links().connections()).isEqualTo(1));
        }
    }

    @Test
    void aFrameThatDripsIsAnswered() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start();
                RawClient client = RawClient.open(back.uri(), NOTHING)) {
            for (byte each : MessagesTest.bytes(RequestCodec.frame(put(1, 20), 1, System.nanoTime()))) {
                client.write(new byte[] {each});
            }
            assertThat(client.next()).isEqualTo(FrameKind.OUTCOME);
        }
    }

    @Test
    void whatComesWithTheRequestForTheUpgradeIsRead() throws Exception {
        byte[] frame = MessagesTest.bytes(RequestCodec.frame(put(1, 20), 1, System.nanoTime()));
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start();
                RawClient client = RawClient.open(back.uri(), frame)) {
            assertThat(client.next()).isEqualTo(FrameKind.OUTCOME);
        }
    }

    @Test
    void aClientThatDoesNotTakeItsAnswersIsGivenUp() throws Exception {
        LinkLimits tight = new LinkLimits(
                LinkLimits.FRAME_BYTES_MAX,
                LinkLimits.QUEUE_FRAMES_MAX,
                LinkLimits.FRAME_BYTES_MAX,
                LinkLimits.REQUESTS_MAX,
                LinkLimits.REQUEST_BYTES_MAX,
                LinkLimits.CONNECTIONS_MAX,
                LinkLimits.PING_EVERY,
                Duration.ofSeconds(1));
        Read large = Read.of(new Query.Get(Key.of("1000000"), true), Consistency.STRONG, 0);
        try (TestBackEnd back = new TestBackEnd(new EchoService(), tight).start();
                RawClient client = RawClient.open(back.uri(), NOTHING)) {
            byte[] frame = MessagesTest.bytes(RequestCodec.frame(large, 1, 0));
            eventually(SOON, () -> {
                try {
                    client.write(frame);
                } catch (IOException closedByTheServer) {
                    assertThat(closedByTheServer).isNotNull();
                }
                assertThat(back.links().connections()).isZero();
            });
        }
    }

    @Test
    void aSilentClientIsGivenUp() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkTest.brisk()).start();
                RawClient client = RawClient.open(back.uri(), NOTHING)) {
            client.write(MessagesTest.bytes(new MessageWriter().frame(FrameKind.PING, 0)));
            eventually(SOON, () -> assertThat(back.links().connections()).isZero());
        }
    }

    @Test
    void aServiceThatThrowsLosesTheConnectionAndNotTheServer() throws Exception {
        HeldService readsFail = new HeldService();
        try (TestBackEnd back = new TestBackEnd(readsFail, LinkLimits.DEFAULT).start();
                TestFrontEnd front = new TestFrontEnd(LinkLimits.DEFAULT)) {
            Read read = Read.of(new Query.Get(Key.of("a"), true), Consistency.STRONG, 0);
            byte[] frame = MessagesTest.bytes(RequestCodec.frame(read, 1, 0));
            try (RawClient client = RawClient.open(back.uri(), NOTHING)) {
                client.write(frame);
                eventually(SOON, () -> assertThat(back.links().connections()).isZero());
            }
            var ending = send(front.connect(back.uri()), put(1, 1));
            eventually(SOON, () -> assertThat(readsFail.held()).hasSize(1));
            readsFail.held().get(0).commit();
            assertThat(now(ending)).isEqualTo("committed 1");
        }
    }

    /** Refuses everything. */
    private static final class NoService implements Service {
        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            answer.accept(Outcome.refused(Reason.STARTING, "not yet"));
        }

        @Override
        public void read(Read read, Consumer<? super ReadOutcome> answer) {
            answer.accept(ReadOutcome.failed(Reason.STARTING, "not yet"));
        }
    }
}
