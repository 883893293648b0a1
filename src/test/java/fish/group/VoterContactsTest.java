package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VoterContactsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final VoterContacts contacts = new VoterContacts(Duration.ofSeconds(1));

    @Test
    void aVoterCountsWhileItIsHeardOf() {
        assertThat(contacts.lately(Map.of("b1", 1L, "b2", 1L), 0)).isEqualTo(2);
        assertThat(contacts.lately(Map.of("b1", 2L, "b2", 1L), SECOND)).isEqualTo(2);
        assertThat(contacts.lately(Map.of("b1", 3L, "b2", 1L), 2 * SECOND)).isEqualTo(1);
        assertThat(contacts.lately(Map.of("b1", 3L, "b2", 2L), 3 * SECOND)).isEqualTo(2);
    }

    @Test
    void aClockThatJumpsBackIsASignOfLifeLikeAnyOther() {
        assertThat(contacts.lately(Map.of("b1", 1_000L), 0)).isEqualTo(1);
        assertThat(contacts.lately(Map.of("b1", 1L), 5 * SECOND)).isEqualTo(1);
    }

    @Test
    void whoIsNotConnectedDoesNotCount() {
        assertThat(contacts.lately(Map.of("b1", 1L), 0)).isEqualTo(1);
        assertThat(contacts.lately(Map.of(), 1)).isZero();
    }
}
