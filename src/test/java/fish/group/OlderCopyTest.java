package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An older copy of a disk in place of the disk. {@link OrdersTest} has it where the others hold everything;
 * here it makes a majority with a node that was away, and neither can tell that something is missing.
 */
@Timeout(180)
class OlderCopyTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("b0", "b1", "b2");
    private static final int WRITES = 5;

    @TempDir
    Path homes;

    @Test
    void whatItHidesIsKeptByTheDiskThatHasIt() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.startAll(SOON);
            group.stop("b1");
            group.copyAside("b1");
            group.start("b1");
            group.awaitIn("b1", SOON);
            group.stop("b2");
            Set<Long> revisions = new HashSet<>();
            for (int i = 0; i < WRITES; i++) {
                revisions.add(written(group, "hidden" + i));
            }
            group.kill("b0");
            group.kill("b1");

            group.putBack("b1");
            group.start("b1");
            group.start("b2");
            revisions.add(written(group, "later"));
            assertThat(group.held("b1")).doesNotContainKey("hidden0");
            group.start("b0");
            group.awaitIn("b0", SOON);
            assertThat(group.told("b0").lines)
                    .anyMatch(line -> line.startsWith("kept-aside") && line.contains("lacks " + WRITES + " commits"));
            revisions.add(written(group, "last"));
            assertThat(revisions).as("none given twice").hasSize(WRITES + 2);
            for (String name : NAMES) {
                assertThat(group.told(name).failures).isEmpty();
                eventually(SOON, () -> assertThat(group.held(name))
                        .containsOnlyKeys("last", "later")
                        .isEqualTo(group.held("b0")));
            }
        }
    }

    private static long written(BackEnds group, String key) {
        long[] revision = {0};
        eventually(SOON, () -> {
            Outcome outcome = group.put(key, "v");
            assertThat(outcome).isInstanceOf(Outcome.Committed.class);
            revision[0] = ((Outcome.Committed) outcome).result().revision();
        });
        return revision[0];
    }
}
