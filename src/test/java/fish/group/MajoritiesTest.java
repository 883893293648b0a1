package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.kv.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in {@code docs/guarantees.md} of how many back-ends a group can lose, row by row. */
@Timeout(180)
class MajoritiesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern ROW = Pattern.compile("\\| (\\d) \\| (\\d) \\| (\\d) \\|");

    @TempDir
    Path homes;

    record Row(int backEnds, int mayBeGone, int stopsAt) {}

    static Stream<Row> rows() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("docs")) ? here : here.resolve("..");
        List<Row> rows = Files.readAllLines(root.resolve("docs/guarantees.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> new Row(
                        Integer.parseInt(row.group(1)), Integer.parseInt(row.group(2)), Integer.parseInt(row.group(3))))
                .toList();
        assertThat(rows).extracting(Row::backEnds).containsExactly(1, 2, 3, 5, 7);
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void soManyMayBeGone(Row row) throws Exception {
        List<String> names =
                IntStream.range(0, row.backEnds()).mapToObj(i -> "b" + i).toList();
        try (BackEnds group = new BackEnds(homes, names.toArray(String[]::new))) {
            group.start("b0");
            awaitWritable(group);
            for (String name : names.subList(1, names.size())) {
                group.start(name);
                eventually(SOON, () -> assertThat(group.member(name).state()).isEqualTo(NodeState.REPLICA));
            }
            // The master first, so that somebody else must be elected.
            for (String name : names.subList(0, row.mayBeGone())) {
                group.kill(name);
            }
            awaitWritable(group);
            for (String name : names.subList(row.mayBeGone(), row.stopsAt())) {
                group.kill(name);
            }
            assertThat(group.put("too many", "gone")).isNotInstanceOf(Outcome.Committed.class);
            group.start(names.get(0));
            awaitWritable(group);
        }
    }

    private static void awaitWritable(BackEnds group) {
        eventually(SOON, () -> assertThat(group.put("k", "v")).isInstanceOf(Outcome.Committed.class));
        assertThat(group.get("k")).isEqualTo(Optional.of("v"));
    }
}
