package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies and deletions of logs that were broken off. */
@Timeout(180)
class PartialLogsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path homes;

    @Test
    void whatIsLeftOfADeletionIsThrownAwayBeforeItIsOpened() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.startAll(SOON);
            eventually(SOON, () -> assertThat(group.put("k", "v")).isInstanceOf(Outcome.Committed.class));
            group.stop("b2");
            Path home = group.home("b2");
            PartialLogs partial = new PartialLogs(home);
            new FillMarker(home).write(FillMarker.Content.BLANK);
            partial.begin();
            Path half = Files.writeString(home.resolve("00000009.jdb.tmp"), "half of a file");
            assertThat(partial.areThere()).isTrue();

            group.start("b2");
            eventually(SOON, () -> assertThat(group.told("b2").events)
                    .anySatisfy(event -> assertThat(event).startsWith("filled")));
            assertThat(group.told("b2").events)
                    .anySatisfy(event -> assertThat(event).startsWith("beginning-anew"));
            assertThat(partial.areThere()).isFalse();
            assertThat(half).doesNotExist();
            eventually(SOON, () -> assertThat(group.held("b2")).isNotEmpty().isEqualTo(group.held("b0")));
        }
    }

    /** Somebody may have put whole ones there, beside a mark that was left. */
    @Test
    void aMembersLogsAreNeverThrownAwayForAMark() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.startAll(SOON);
            eventually(SOON, () -> assertThat(group.put("k", "v")).isInstanceOf(Outcome.Committed.class));
            group.stop("b2");
            PartialLogs partial = new PartialLogs(group.home("b2"));
            partial.begin();
            group.start("b2");
            eventually(SOON, () -> assertThat(group.told("b2").failures).hasSize(1));
            assertThat(group.told("b2").failures.get(0)).contains("partial says", "if they are whole, remove it");
            group.stop("b2");

            partial.end();
            group.start("b2");
            eventually(SOON, () -> assertThat(group.held("b2")).isNotEmpty().isEqualTo(group.held("b0")));
            assertThat(group.told("b2").events).noneMatch(event -> event.startsWith("beginning-anew"));
        }
    }

    @Test
    void whatIsWholeStays() throws Exception {
        PartialLogs partial = new PartialLogs(homes);
        partial.begin();
        Path log = Files.writeString(homes.resolve("00000000.jdb"), "log");
        partial.end();
        assertThat(partial.areThere()).isFalse();
        assertThat(log).hasContent("log");

        Files.writeString(homes.resolve("00000001.jdb.tmp"), "half");
        partial.discard();
        assertThat(homes).isEmptyDirectory();
    }
}
