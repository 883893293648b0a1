package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Key;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Nodes that are maps, and show a state of their own at each question. */
class DataComparisonTest {
    private static final class FakeNode {
        final TreeMap<Key, DataComparison.Held> data = new TreeMap<>();
        long revision = 1_000_000;

        void put(String key, long at, String content) {
            data.put(Key.of(key), new DataComparison.Held(at, content));
        }
    }

    private final Map<String, FakeNode> nodes = new LinkedHashMap<>();
    private Consumer<DataComparison.Range> before = range -> {};
    private int asked;

    private FakeNode node(String name) {
        return nodes.computeIfAbsent(name, unused -> new FakeNode());
    }

    private DataComparison.Result compared() throws NodeFailedException {
        return new DataComparison(this::ask).run();
    }

    private Map<String, DataComparison.Part> ask(DataComparison.Range range) {
        asked++;
        before.accept(range);
        Map<String, DataComparison.Part> parts = new HashMap<>();
        nodes.forEach((name, node) -> parts.put(name, part(node, range)));
        return parts;
    }

    private static DataComparison.Part part(FakeNode node, DataComparison.Range range) {
        SortedMap<Key, DataComparison.Held> found = new TreeMap<>();
        String next = "";
        for (Map.Entry<Key, DataComparison.Held> one : node.data.entrySet()) {
            String key = one.getKey().toString();
            boolean within =
                    key.compareTo(range.start()) >= 0 && (range.end().isEmpty() || key.compareTo(range.end()) < 0);
            if (within && found.size() == range.limit()) {
                next = key;
                break;
            }
            if (within) {
                found.put(one.getKey(), one.getValue());
            }
        }
        return new DataComparison.Part(
                node.revision, found.size(), found.toString(), next, range.listed() ? found : new TreeMap<>());
    }

    private void fill(int records, String... names) {
        for (String name : names) {
            for (int i = 0; i < records; i++) {
                node(name).put(String.format("k%06d", i), i + 1, "x");
            }
        }
    }

    private static List<String> keys(DataComparison.Result result) {
        return result.differences().stream().map(one -> one.key().toString()).toList();
    }

    @Test
    void whatIsTheSameTakesOneQuestionPerRange() throws Exception {
        fill(3 * DataComparison.RANGE, "b0", "b1", "r0");
        DataComparison.Result result = compared();
        assertThat(result.differences()).isEmpty();
        assertThat(result.records()).isEqualTo(3 * DataComparison.RANGE);
        assertThat(result.revision()).isEqualTo(1_000_000);
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void nothingIsTheSameAsNothing() throws Exception {
        node("b0");
        node("r0");
        assertThat(compared()).isEqualTo(new DataComparison.Result(1_000_000, 0, List.of(), 0, false));
    }

    @Test
    void otherContentLackingAndLeftOverKeysAreNamedWhereverTheyLie() throws Exception {
        fill(12_000, "b0", "b1", "r0");
        node("r0").put("k000007", 8, "y");
        node("b1").data.remove(Key.of("k005000"));
        node("b0").put("k011999x", 500_000, "x");
        node("r0").put("k009000", 3, "x");
        DataComparison.Result result = compared();
        assertThat(keys(result)).containsExactly("k000007", "k005000", "k009000", "k011999x");
        assertThat(result.records()).isEqualTo(12_000 - 3);
        assertThat(result.more()).isFalse();
        assertThat(result.differences().get(1).held().get("b1")).isNull();
    }

    /** More at one node than a range takes. */
    @Test
    void aNodeThatHoldsFarMoreIsToldSo() throws Exception {
        fill(10, "b0");
        fill(30_000, "r0");
        DataComparison.Result result = compared();
        assertThat(result.more()).isTrue();
        assertThat(result.differences()).hasSizeGreaterThanOrEqualTo(1_000);
    }

    /** All in one range, which is the last. */
    @Test
    void differencesThatAreNotNamedAreToldToBeThere() throws Exception {
        fill(2_000, "b0");
        node("r0");
        DataComparison.Result result = compared();
        assertThat(result.differences()).hasSize(1_000);
        assertThat(result.more()).isTrue();

        nodes.clear();
        fill(1_000, "b0");
        node("r0");
        result = compared();
        assertThat(result.differences()).hasSize(1_000);
        assertThat(result.more()).isFalse();
    }

    @Test
    void aNodeThatIsBehindIsNoDifference() throws Exception {
        fill(100, "b0", "r0");
        FakeNode behind = node("r0");
        behind.revision = 100;
        FakeNode ahead = node("b0");
        ahead.put("k000005", 2_000, "new");
        ahead.data.remove(Key.of("k000006"));
        ahead.put("later", 2_001, "new");
        ahead.revision = 2_001;
        // A question with a revision is answered once that is there.
        before = range -> {
            if (range.after() > 100) {
                behind.data.clear();
                behind.data.putAll(ahead.data);
                behind.revision = ahead.revision;
            }
        };
        DataComparison.Result result = compared();
        assertThat(result.differences()).isEmpty();
        assertThat(result.records()).isEqualTo(100);
    }

    @Test
    void aKeyThatIsChangedAllTheTimeIsNoDifference() throws Exception {
        fill(100, "b0", "r0");
        before = range -> {
            for (FakeNode node : nodes.values()) {
                node.revision++;
                node.put("hot", node.revision, "of its time");
            }
            node("b0").revision++;
            node("b0").put("hot", node("b0").revision, "of its time");
        };
        DataComparison.Result result = compared();
        assertThat(result.differences()).isEmpty();
        assertThat(result.changing()).isEqualTo(1);
    }
}
