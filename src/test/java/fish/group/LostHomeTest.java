package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.kv.Outcome;
import fish.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five writes that b0 and b1 have acknowledged; then b1 loses its disk, and comes back beside b2, which was
 * away. A majority of the disks that had them is one, b0's: nobody may be elected without it.
 */
@Timeout(180)
class LostHomeTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int WRITES = 5;
    /** Longer than an election takes. */
    private static final Duration WATCHED = Duration.ofSeconds(6);

    @TempDir
    Path homes;

    @Test
    void aLostHomeDoesNotVoteBeforeItIsFilled() throws Exception {
        assertThat(story(homes, false, true)).isEqualTo("without b0: no master, with b0: 5");
    }

    @Test
    void norAfterOneMoreTermThatTheThirdDoesNotKnow() throws Exception {
        assertThat(story(homes, true, true)).isEqualTo("without b0: no master, with b0: 5");
    }

    @Test
    void withoutTheRemedyTheWritesAreLost() throws Exception {
        assertThat(FreshJvm.run(LostHomeTest.class, List.of("-D" + Filling.SWITCH + "=off"), homes.toString()))
                .contains("without b0: 0");
    }

    public static void main(String[] homes) throws Exception {
        System.out.println(story(Path.of(homes[0]), false, false));
        // JE's threads may hang.
        System.exit(0);
    }

    private static String story(Path homes, boolean oneMoreTerm, boolean tillTheEnd) throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            foundThree(group);
            group.stop("b2");
            if (oneMoreTerm) {
                String master = group.master().orElseThrow().masterRecord().name();
                group.kill(master);
                group.start(master);
                awaitServing(group);
            }
            for (int i = 0; i < WRITES; i++) {
                assertThat(group.put("k" + i, "v" + i)).isInstanceOf(Outcome.Committed.class);
            }
            group.kill("b0");
            group.kill("b1");
            group.wipe("b1");
            group.start("b2");
            group.start("b1");
            String without =
                    electedWithin(group, tillTheEnd ? WATCHED : SOON) ? Integer.toString(present(group)) : "no master";
            if (!tillTheEnd) {
                return "without b0: " + without;
            }
            group.start("b0");
            awaitServing(group);
            String with = Integer.toString(present(group));
            eventually(SOON, () -> assertThat(group.member("b1").state()).isIn(NodeState.REPLICA, NodeState.MASTER));
            assertThat(group.told("b1").events).contains("filled");
            return "without b0: " + without + ", with b0: " + with;
        }
    }

    private static void foundThree(BackEnds group) throws Exception {
        group.start("b0");
        eventually(SOON, () -> assertThat(group.master()).isPresent());
        group.start("b1");
        group.start("b2");
        for (String name : List.of("b1", "b2")) {
            eventually(SOON, () -> assertThat(group.member(name).state()).isEqualTo(NodeState.REPLICA));
        }
    }

    private static void awaitServing(BackEnds group) {
        eventually(SOON, () -> assertThat(group.put("probe", "x")).isInstanceOf(Outcome.Committed.class));
    }

    private static boolean electedWithin(BackEnds group, Duration within) throws Exception {
        return Eventually.holdsWithin(within, () -> group.master().isPresent());
    }

    private static int present(BackEnds group) {
        int present = 0;
        for (int i = 0; i < WRITES; i++) {
            present += group.get("k" + i).isPresent() ? 1 : 0;
        }
        return present;
    }
}
