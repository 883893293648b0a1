package fish.faults;

import fish.testing.Eventually;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A master stands still until it has a successor that was written to, and wakes. It does not know yet
 * that it is none any more; no strong read may be answered from what it knows.
 */
final class WokenMaster {
    private static final Duration WATCHED = Duration.ofSeconds(4);

    private final Stage stage;
    private final String key;

    WokenMaster(Stage stage, String key) {
        this.stage = stage;
        this.key = key;
    }

    /**
     * Gives how many strong reads were answered with the new value; the group is whole afterwards.
     *
     * @throws AssertionError if one was answered with the old value
     */
    int play() throws IOException {
        FishNode old = stage.group().master(Stage.SOON);
        FishNode front = stage.group().front(0);
        write(stage.patient(front), "old");
        old.program().pause();
        try {
            stage.masterAmong(stage.others(old));
            write(stage.patient(front), "new");
        } finally {
            old.program().resume();
        }
        int fresh = 0;
        long end = System.nanoTime() + WATCHED.toNanos();
        long last = System.nanoTime() + Stage.SOON.toNanos();
        while (System.nanoTime() - end < 0 || (fresh == 0 && System.nanoTime() - last < 0)) {
            for (HttpProbe probe : List.of(old.probe(), front.probe())) {
                fresh += isFresh(probe) ? 1 : 0;
            }
        }
        stage.awaitWhole();
        return fresh;
    }

    private void write(HttpProbe probe, String value) {
        Eventually.eventually(Stage.SOON, () -> {
            HttpAnswer answer = probe.put(key, value).send();
            if (!answer.isSuccess()) {
                throw new AssertionError("not written: " + answer);
            }
        });
    }

    private boolean isFresh(HttpProbe probe) {
        try {
            HttpAnswer answer = probe.get(key).param("timeout", "1s").send();
            if (answer.status() == 404
                    || (answer.status() == 200 && !answer.text().equals("new"))) {
                throw new AssertionError(probe.base() + " answers a strong read with what is past: " + answer);
            }
            return answer.status() == 200;
        } catch (IOException e) {
            // No answer is no lie.
            return false;
        }
    }
}
