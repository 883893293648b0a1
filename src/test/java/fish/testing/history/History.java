package fish.testing.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations as they returned, of at most {@value #OPS_MAX}. Thread-safe.
 *
 * @param <T> {@link RegisterOp} or {@link TxnOp}
 */
public final class History<T extends Record> {
    private static final int OPS_MAX = 1_000_000;

    private final String name;
    private final List<T> ops = new ArrayList<>();

    /** @param name of the file that a failure is written to, seed included */
    public History(String name) {
        this.name = name;
    }

    public synchronized void add(T op) {
        if (ops.size() == OPS_MAX) {
            throw new IllegalStateException("more than " + OPS_MAX + " operations in " + name);
        }
        ops.add(op);
    }

    public synchronized List<T> ops() {
        return List.copyOf(ops);
    }

    /**
     * Fails unless {@code verdict} is correct, and then leaves the history as JSON lines, the
     * explanation first, in {@code target/histories/NAME.jsonl}.
     */
    public void require(Verdict verdict) {
        require(verdict, Path.of("target", "histories"));
    }

    void require(Verdict verdict, Path directory) {
        if (verdict.isCorrect()) {
            return;
        }
        Path file = directory.resolve(name + ".jsonl");
        try {
            Files.createDirectories(directory);
            Files.write(file, lines(verdict), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        throw new AssertionError(verdict.kind() + ", see " + file + ": " + verdict.explanation());
    }

    private List<String> lines(Verdict verdict) throws JsonProcessingException {
        ObjectMapper json = JsonMapper.builder().build();
        List<String> lines = new ArrayList<>();
        lines.add(json.writeValueAsString(verdict));
        for (T op : ops()) {
            lines.add(json.writeValueAsString(op));
        }
        return lines;
    }
}
