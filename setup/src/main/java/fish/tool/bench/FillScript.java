package fish.tool.bench;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Puts every key once; several drivers share the work. */
final class FillScript implements Script {
    private final Dialect dialect;
    private final AtomicLong next;
    private final int keys;

    /** @param next the next key that nobody has put yet */
    FillScript(Dialect dialect, AtomicLong next, int keys) {
        this.dialect = dialect;
        this.next = next;
        this.keys = keys;
    }

    @Override
    public Optional<Op> next(HttpBytes out) {
        long key = next.getAndIncrement();
        if (key >= keys) {
            return Optional.empty();
        }
        dialect.write(out, Op.PUT, key, (int) key);
        return Optional.of(Op.PUT);
    }
}
