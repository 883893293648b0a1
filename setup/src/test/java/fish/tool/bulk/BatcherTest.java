package fish.tool.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same input makes the same batches, since their keys are all that keeps a record from being put twice. */
class BatcherTest {
    private final List<String> wrong = new ArrayList<>();

    private List<LoadBatch> batches(String input, String load) throws IOException {
        return batches(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), load, 1_000_000);
    }

    private List<LoadBatch> batches(InputStream in, String load, int lineBytesMax) throws IOException {
        Batcher batcher =
                new Batcher(new LineReader(in, lineBytesMax), load, (line, reason) -> wrong.add(line + " " + reason));
        List<LoadBatch> batches = new ArrayList<>();
        for (Optional<LoadBatch> next = batcher.next(); next.isPresent(); next = batcher.next()) {
            batches.add(next.get());
        }
        return batches;
    }

    private static String lines(int count, String value) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("k").append(i).append(' ').append(value).append('\n');
        }
        return lines.toString();
    }

    /** Gives one byte at a time, as a slow pipe does. */
    private static InputStream dripping(String input) {
        return new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(1, length));
            }
        };
    }

    @Test
    void batchesHave128RecordsAndAreTheSameHoweverTheInputComes() throws IOException {
        String input = lines(300, "v");
        List<LoadBatch> batches = batches(input, "x");
        assertThat(batches).extracting(batch -> batch.records().size()).containsExactly(128, 128, 44);
        assertThat(batches.get(1).lines()).isEqualTo("lines 129 to 256");
        assertThat(batches(dripping(input), "x", 1_000_000)).isEqualTo(batches);
        assertThat(batches(input + "\n\n", "x")).isEqualTo(batches);
    }

    @Test
    void largeRecordsMakeSmallBatches() throws IOException {
        List<LoadBatch> batches =
                batches(lines(5, "v".repeat(Batcher.BATCH_BYTES / 2 - 10)) + "k " + "v".repeat(400_000), "x");
        assertThat(batches).extracting(batch -> batch.records().size()).containsExactly(2, 2, 1, 1);
    }

    @Test
    void noTwoBatchesHaveOneKeyUnlessTheyAreTheSame() throws IOException {
        HashSet<String> keys = new HashSet<>();
        List<LoadBatch> all = new ArrayList<>(batches("a 1\n".repeat(300), "x"));
        all.addAll(batches("a 1\n".repeat(300), "y"));
        all.addAll(batches("a 2\n".repeat(300), "x"));
        all.addAll(batches("\na 1\n", "x"));
        all.forEach(batch -> keys.add(batch.idempotencyKey()));
        assertThat(keys).hasSize(all.size()).allMatch(key -> key.matches("load-[0-9a-f]{40}"));
    }

    @Test
    void wrongLinesAreNamedAndTheOthersAreTaken() throws IOException {
        String input = "a 1\nwrong\nb 2\n{\"key\":\"c\"}\n" + "x".repeat(50) + " 3\nd 4";
        List<LoadBatch> batches = batches(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), "x", 40);
        assertThat(batches).hasSize(1);
        assertThat(batches.get(0).records()).extracting(LoadRecord::line).containsExactly(1L, 3L, 6L);
        assertThat(wrong).hasSize(3);
        assertThat(wrong.get(0)).startsWith("2 there is no space");
        assertThat(wrong.get(1)).startsWith("4 ");
        assertThat(wrong.get(2)).startsWith("5 it is longer");
    }

    @Test
    void aFileIsNamedByAllThatIsInIt(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("a"), lines(10, "v"));
        String name = Batcher.digestOf(file);
        assertThat(Batcher.digestOf(Files.copy(file, dir.resolve("b")))).isEqualTo(name);
        Files.writeString(file, lines(11, "v"));
        assertThat(Batcher.digestOf(file)).isNotEqualTo(name);
    }
}
