package fish.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class GuardTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Guard guard = new Guard(told::add);

    private void runToItsEnd(Runnable work) throws InterruptedException {
        Thread thread = guard.thread("worker", work);
        thread.setUncaughtExceptionHandler((ended, e) -> {});
        thread.start();
        thread.join();
    }

    @Test
    void tellsWhatEndedAThreadAnErrorToo() throws Exception {
        runToItsEnd(() -> {
            throw new StackOverflowError("deep");
        });
        assertThat(told).containsExactly("the thread worker has ended: java.lang.StackOverflowError: deep");
    }

    @Test
    void tellsOfAThreadThatSimplyReturned() throws Exception {
        runToItsEnd(() -> {});
        assertThat(told).containsExactly("the thread worker has ended: it returned");
    }

    @Test
    void tellsOfWhatATimerWouldNotRepeat() {
        guard.lasting("timer", () -> {}).run();
        assertThat(told).isEmpty();
        assertThatThrownBy(() -> guard.lasting("timer", () -> {
                            throw new IllegalStateException("once");
                        })
                        .run())
                .hasMessage("once");
        assertThat(told).containsExactly("the thread timer has ended: java.lang.IllegalStateException: once");
    }

    @Test
    void saysNothingOnceItIsClosed() throws Exception {
        guard.close();
        runToItsEnd(() -> {});
        assertThat(told).isEmpty();
    }
}
