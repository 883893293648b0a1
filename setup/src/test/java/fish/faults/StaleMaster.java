package fish.faults;

import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.util.List;

/**
 * A master is cut off together with a front-end; the two other back-ends elect one of them, which
 * acknowledges writes and is killed; then the network heals. The old master must not take the one node
 * back in time that still holds those writes.
 */
final class StaleMaster {
    static final int WRITES = 200;

    private final Stage stage;
    private final String prefix;

    StaleMaster(Stage stage, String prefix) {
        this.stage = stage;
        this.prefix = prefix;
    }

    /** Until the network has healed; gives the node that must not be followed back in time. */
    FishNode play() throws IOException {
        FishNode old = stage.group().master(Stage.SOON);
        stage.awaitWhole();
        stage.isolate(old, stage.group().front(0));
        FishNode next = stage.masterAmong(stage.others(old));
        HttpProbe probe = stage.patient(next);
        for (int i = 0; i < WRITES; i++) {
            HttpAnswer answer = probe.put(key(i), "kept").send();
            if (!answer.isSuccess()) {
                throw new AssertionError("write " + i + " is not acknowledged: " + answer);
            }
        }
        next.program().kill9();
        stage.network().heal();
        return stage.others(old).stream()
                .filter(node -> node != next)
                .findFirst()
                .orElseThrow();
    }

    /** How many of the acknowledged writes this node's answers still show, once it answers. */
    long kept(HttpProbe probe, String consistency) {
        return stage.eventually(() -> {
            HttpAnswer page = probe.list()
                    .param("prefix", prefix)
                    .param("limit", "1000")
                    .param("consistency", consistency)
                    .send();
            if (page.status() != 200) {
                throw new AssertionError("no answer: " + page);
            }
            return (long) page.json().path("records").size();
        });
    }

    /** Whether a node kept its log rather than undo what it knew to be durable, and said so. */
    static boolean setItsLogAside(FishNode node) {
        List<String> output = node.program().output();
        return output.stream()
                .anyMatch(line -> line.contains("event=set-aside") && line.contains("RollbackProhibited"));
    }

    private String key(int i) {
        return prefix + i;
    }
}
