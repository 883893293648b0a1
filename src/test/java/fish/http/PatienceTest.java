package fish.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Queue<Runnable> queued = new ArrayDeque<>();
    private final List<String> ended = new ArrayList<>();
    private final Patience patience = new Patience(0, queued::add);

    private void await(String name, boolean client, long now, long until) {
        patience.await(client, now, until, () -> ended.add(name));
    }

    private void look(long now) {
        patience.endIfDue(now);
    }

    private void runQueued() {
        for (Runnable next = queued.poll(); next != null; next = queued.poll()) {
            next.run();
        }
    }

    @Test
    void itEndsOnceInTimeAndNotBefore() {
        await("body", true, 0, 10);
        look(9);
        assertThat(queued).isEmpty();
        look(10);
        look(11);
        runQueued();
        look(12);
        runQueued();
        assertThat(ended).containsExactly("body");
    }

    @Test
    void whatCameInTheLastMomentIsNotRefused() {
        await("body", true, 0, 10);
        look(10);
        // The body came before the end was acted on: it is handed on, and waits for its answer.
        await("answer", false, 10, 20);
        runQueued();
        assertThat(ended).isEmpty();
        look(20);
        runQueued();
        assertThat(ended).containsExactly("answer");
    }

    @Test
    void whatIsOverBeforeItsEndWasActedOnIsOver() {
        await("answer", false, 0, 10);
        look(10);
        patience.end();
        look(11);
        runQueued();
        assertThat(ended).isEmpty();
    }

    @Test
    void aClientIsHurriedAndTheServiceIsNot() {
        await("body", true, 0, 1_000);
        patience.hurry(105, 100, 10);
        look(105);
        assertThat(queued).isEmpty();
        patience.hurry(110, 100, 10);
        look(110);
        runQueued();
        assertThat(ended).containsExactly("body");

        await("answer", false, 110, 1_000);
        patience.hurry(500, 100, 10);
        look(500);
        assertThat(queued).isEmpty();
    }

    @Test
    void aTurnThatBeganLaterIsHurriedFromThere() {
        await("answer sent", true, 200, 1_000);
        patience.hurry(205, 100, 10);
        look(205);
        assertThat(queued).isEmpty();
        patience.hurry(210, 100, 10);
        look(210);
        runQueued();
        assertThat(ended).containsExactly("answer sent");
    }

    @Test
    void itSaysWhoseTurnItIs() {
        assertThat(patience.ofClient()).isFalse();
        await("body", true, 0, 10);
        assertThat(patience.ofClient()).isTrue();
        await("answer", false, 0, 10);
        assertThat(patience.ofClient()).isFalse();
    }
}
