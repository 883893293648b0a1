package fish.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private final List<String> closed = new ArrayList<>();
    private final Closing closing = new Closing();

    @Test
    void whatWasOpenedLastIsClosedFirstAndOnce() {
        closing.add(() -> closed.add("store"));
        closing.add(() -> closed.add("server"));
        closing.close();
        closing.close();

        assertThat(closed).containsExactly("server", "store");
    }

    @Test
    void oneFailureKeepsNothingOpenAndAllAreTold() {
        closing.add(() -> closed.add("store"));
        closing.add(() -> fail("second"));
        closing.add(() -> fail("first"));

        assertThatThrownBy(closing::close)
                .isInstanceOf(IllegalStateException.class)
                .cause()
                .hasMessage("first")
                .satisfies(first -> assertThat(first.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("store");
    }

    @Test
    void whatComesAfterTheCloseIsClosedAtOnce() {
        closing.close();
        closing.add(() -> closed.add("late"));

        assertThat(closed).containsExactly("late");
        assertThatThrownBy(() -> closing.add(() -> fail("late"))).isInstanceOf(IllegalStateException.class);
    }

    private static void fail(String message) {
        throw new IllegalArgumentException(message);
    }
}
