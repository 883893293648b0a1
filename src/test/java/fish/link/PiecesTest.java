package fish.link;

import static fish.link.TestFrontEnd.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import fish.budget.ByteBudget;
import fish.budget.Claim;
import fish.kv.Consistency;
import fish.kv.Key;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large messages wait for room and go in pieces; nobody loses a connection, and small ones pass them by. */
final class PiecesTest {
    private static final int MIB = 1 << 20;

    private final ByteBudget requests = new ByteBudget(8 * MIB);
    private final ByteBudget answers = new ByteBudget(8 * MIB);
    private final ByteBudget room = new ByteBudget(8 * MIB);
    private final List<Claim> claims = new ArrayList<>();
    private TestFrontEnd front;
    private TestBackEnd back;
    private LinkClient client;

    @BeforeEach
    void open() throws Exception {
        front = new TestFrontEnd(LinkLimits.DEFAULT);
        LinkServer.Budgets budgets = LinkServer.Budgets.of(requests, answers);
        back = new TestBackEnd(
                        new LinkServer(new EchoService(), LinkLimits.DEFAULT, budgets, MIB, upgrade -> LinkCaller.NODE))
                .start();
        client = front.connect(back.uri());
    }

    @AfterEach
    void close() {
        client.close();
        back.close();
        front.close();
    }

    private CompletableFuture<ReadOutcome> get(int bytes, Duration timeout) {
        Claim claim = new Claim(room, front.worker());
        claims.add(claim);
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        Read read = Read.of(
                        new Query.Get(Key.of("" + bytes), true),
                        Consistency.STRONG,
                        System.nanoTime() + timeout.toNanos())
                .with(claim);
        client.read(read, new LinkClient.ReadCallback() {
            @Override
            public void answered(ReadOutcome outcome) {
                answer.complete(outcome);
            }

            @Override
            public void lost() {
                answer.completeExceptionally(new IllegalStateException("lost"));
            }
        });
        return answer;
    }

    @Test
    void manyLargeAnswersComeOneAfterTheOtherAndNoConnectionIsLost() throws Exception {
        List<CompletableFuture<ReadOutcome>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(get(MIB, SOON));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(all.get(i).get(SOON.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(ReadOutcome.Found.class);
            assertThat(answers.used()).isLessThanOrEqualTo(9L * MIB);
            assertThat(room.used()).isLessThanOrEqualTo(9L * MIB);
            claims.get(i).close();
        }
        assertThat(front.endings()).isEmpty();
        Eventually.eventually(SOON, () -> {
            assertThat(answers.used()).isZero();
            assertThat(room.used()).isZero();
        });
    }

    @Test
    void aSmallAnswerPassesLargeOnesThatNobodyTakes() throws Exception {
        for (int i = 0; i < 50; i++) {
            var unused = get(MIB, Duration.ofMinutes(10));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(get(10, SOON).get(SOON.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(ReadOutcome.Found.class);
        }
    }

    @Test
    void whatNobodyHasRoomForIsLetGoOfAfterItsTime() throws Exception {
        room.force(8L * MIB);
        CompletableFuture<ReadOutcome> never = get(MIB, Duration.ofMillis(50));
        assertThat(never.get(SOON.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(ReadOutcome.Failed.class);
        Eventually.eventually(SOON, () -> assertThat(answers.used()).isZero());
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void manyLargeRequestsWaitForRoomAtTheServer() throws Exception {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(TestFrontEnd.send(client, TestFrontEnd.put(i, MIB)));
        }
        for (CompletableFuture<String> one : all) {
            assertThat(TestFrontEnd.now(one)).startsWith("committed");
        }
        assertThat(front.endings()).isEmpty();
        Eventually.eventually(SOON, () -> assertThat(requests.used()).isZero());
    }

    @Test
    void aConnectionThatEndsLeavesNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            var read = get(MIB, SOON);
            assertThat(read).isNotNull();
            var unused = TestFrontEnd.send(client, TestFrontEnd.put(i, MIB));
        }
        client.close();
        Eventually.eventually(SOON, () -> {
            assertThat(answers.used()).isZero();
            assertThat(requests.used()).isZero();
            assertThat(requests.waiting()).isZero();
        });
    }
}
