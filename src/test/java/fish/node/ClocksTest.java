package fish.node;

import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.group.GroupEvents;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClocksTest {
    private static final long NOW = 1_000_000;

    private final List<String> told = new ArrayList<>();
    private final Clocks clocks = new Clocks(Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC), new GroupEvents() {
        @Override
        public void joined() {}

        @Override
        public void state(NodeState state, String master) {}

        @Override
        public void event(String name, Object... keysAndValues) {
            told.add(name);
        }

        @Override
        public void failed(String reason) {}
    });

    @Test
    void aSecondIsNothing() {
        clocks.heard("b0", NOW - 900, NOW);
        assertThat(clocks.differing()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void moreIsToldOnceAndShownWhileItLasts() {
        clocks.heard("b0", NOW - 3_000, NOW - 100);
        clocks.heard("b0", NOW - 3_100, NOW);
        assertThat(clocks.differing()).isEqualTo("3.1 s ahead of that of b0");
        clocks.heard("b0", NOW + 1_500, NOW);
        assertThat(clocks.differing()).isEqualTo("1.5 s behind that of b0");
        assertThat(told).containsExactly("clocks-differ");
        clocks.heard("b0", NOW, NOW);
        assertThat(clocks.differing()).isEmpty();
        assertThat(told).containsExactly("clocks-differ", "clocks-agree");
    }

    @Test
    void anAnswerThatTookLongSaysNothing() {
        clocks.heard("b0", NOW - 3_000, NOW - 1_000);
        clocks.heard("b0", NOW - 3_000, NOW + 1_000);
        assertThat(clocks.differing()).isEmpty();
        assertThat(told).isEmpty();
    }
}
