package fish.tool.bulk;

import java.util.function.Consumer;

/** Counts wrong lines and tells the first ones. Thread-safe. */
public final class WrongLines {
    /** More are counted, not told. */
    static final int TOLD_MAX = 20;

    private final Consumer<String> tell;
    private long count;

    /** @param tell given a sentence for each of the first {@value #TOLD_MAX} */
    public WrongLines(Consumer<String> tell) {
        this.tell = tell;
    }

    synchronized void add(long line, String reason) {
        count++;
        if (count <= TOLD_MAX) {
            tell.accept("line " + line + ": " + reason);
        } else if (count == TOLD_MAX + 1) {
            tell.accept("more wrong lines are only counted");
        }
    }

    public synchronized long count() {
        return count;
    }
}
