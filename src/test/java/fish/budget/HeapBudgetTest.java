package fish.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class HeapBudgetTest {
    private static final long MIB = 1 << 20;

    private static HeapBudget standard(long heapBytes) {
        return new HeapBudget(heapBytes, heapBytes / 100 * HeapBudget.CACHE_PERCENT);
    }

    @Test
    void everyShareIsOneBudget() {
        HeapBudget budget = standard(256 * MIB);
        assertThat(budget.bytes(Share.ANSWERS)).isEqualTo(32 * MIB);
        assertThat(budget.of(Share.ANSWERS)).isSameAs(budget.of(Share.ANSWERS));
        assertThat(budget.of(Share.ANSWERS)).isNotSameAs(budget.of(Share.REQUESTS));
    }

    @Test
    void allSharesAndTheCacheLeaveRoomForTheProgram() {
        for (int percent = 1; percent <= 70; percent++) {
            for (long heap : List.of(256 * MIB, 512 * MIB, 4096 * MIB)) {
                HeapBudget budget = new HeapBudget(heap, heap / 100 * percent);
                long sum = budget.cacheBytes();
                for (Share share : Share.values()) {
                    sum += budget.bytes(share);
                }
                assertThat(sum).as("%d%% of %d", percent, heap).isLessThanOrEqualTo(heap / 100 * 85 + 100);
            }
        }
    }

    /** The table of {@code docs/limits.md} is what the code says; this prints what it should be. */
    @Test
    void theDocumentSaysTheSame() throws Exception {
        List<String> lines = new ArrayList<>();
        List<Long> heaps = List.of(256 * MIB, 512 * MIB, 4096 * MIB);
        lines.add(row("JE's cache (`cache`)", heaps, heap -> standard(heap).cacheBytes()));
        for (Share share : Share.values()) {
            String name = share.name().toLowerCase(Locale.ROOT);
            lines.add(row("`" + name + "`", heaps, heap -> standard(heap).bytes(share)));
        }
        Path document = Path.of("docs/limits.md");
        if (!Files.exists(document)) {
            document = Path.of("../docs/limits.md");
        }
        assertThat(Files.readString(document)).contains(lines);
    }

    private static String row(String name, List<Long> heaps, java.util.function.ToLongFunction<Long> bytes) {
        StringBuilder row = new StringBuilder("| " + name + " |");
        for (long heap : heaps) {
            row.append(' ').append(bytes.applyAsLong(heap) / MIB).append(" MiB |");
        }
        return row.toString();
    }
}
