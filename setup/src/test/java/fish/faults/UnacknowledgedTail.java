package fish.faults;

import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpRequestBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A master that is cut off writes a long tail to its log that nobody acknowledges; its successor
 * acknowledges a single write and is killed at once; then the network heals. The longer log must not win
 * over the shorter one that was acknowledged.
 */
final class UnacknowledgedTail {
    private static final int TAIL = 100;

    private final Stage stage;
    private final String key;

    UnacknowledgedTail(Stage stage, String key) {
        this.stage = stage;
        this.key = key;
    }

    /** Whether the acknowledged write is still there; the group is whole afterwards. */
    boolean keepsTheWrite() throws IOException {
        FishNode old = stage.group().master(Stage.SOON);
        // Commits that all have are the last before the tail; what is undone must end right behind them.
        stage.awaitWhole();
        // What it takes to ask is ready: the master that is cut off takes writes for some seconds only.
        stage.patient(old).get(key).send();
        HttpRequestBuilder request = tail(old);
        stage.isolate(old);
        CompletableFuture<HttpAnswer> tail = sent(request);
        FishNode next = stage.masterAmong(stage.others(old));
        HttpAnswer acknowledged = stage.patient(next).put(key, "kept").send();
        next.program().kill9();
        if (!acknowledged.isSuccess()) {
            throw new AssertionError("the write is not acknowledged: " + acknowledged);
        }
        boolean written = wasWritten(tail);
        stage.network().heal();
        boolean kept = stage.eventually(() -> {
            HttpAnswer read = stage.patient(stage.group().front(0)).get(key).send();
            if (read.status() != 200 && read.status() != 404) {
                throw new AssertionError("cannot read: " + read);
            }
            return read.status() == 200;
        });
        next.start();
        stage.awaitWhole();
        if (!written) {
            requireMissing("tail/" + key + "/0");
        }
        return kept;
    }

    /** One transaction, so that all of it is in the log before the first acknowledgement is missed. */
    private HttpRequestBuilder tail(FishNode old) {
        String puts = IntStream.range(0, TAIL)
                .mapToObj(i -> "{\"put\":{\"key\":\"tail/" + key + "/" + i + "\",\"text\":\"x\"}}")
                .collect(Collectors.joining(","));
        return stage.patient(old).txn("{\"then\":[" + puts + "]}");
    }

    private static CompletableFuture<HttpAnswer> sent(HttpRequestBuilder request) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return request.send();
            } catch (IOException e) {
                throw new AssertionError("no answer from the master that is cut off", e);
            }
        });
    }

    /**
     * On a machine that is busy it may come so late that the master that is cut off has left, or still waits for what came
     * before when its time is up: then it says that it was not applied, which is looked at afterwards.
     */
    private static boolean wasWritten(CompletableFuture<HttpAnswer> tail) {
        Duration most = Stage.SOON;
        HttpAnswer answer =
                tail.orTimeout(most.toMillis(), TimeUnit.MILLISECONDS).join();
        boolean late = answer.outcome().equals("not-applied");
        if (!late && !answer.outcome().equals("unknown")) {
            throw new AssertionError("a tail that nobody acknowledged is answered with " + answer);
        }
        return !late;
    }

    private void requireMissing(String refused) throws IOException {
        HttpAnswer read = stage.patient(stage.group().front(0)).get(refused).send();
        if (read.status() != 404) {
            throw new AssertionError("not applied, and there all the same: " + read);
        }
    }
}
