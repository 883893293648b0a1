package fish.tool.bench;

import java.util.Optional;

/**
 * Puts, each to the prefix of one watcher in turn, and how long after its answer the watcher was told of it; nothing,
 * where it was told before. The last {@value #KEPT} puts are remembered.
 */
final class WatchScript implements Script {
    private static final int KEPT = 1 << 18;
    private static final int KEYS_EACH = 4;

    private final Dialect dialect;
    private final int watchers;
    private final Recording recording;
    private final long[] answered = new long[KEPT];
    private final long[] told = new long[KEPT];
    private long number;

    WatchScript(Dialect dialect, int watchers, Recording recording) {
        this.dialect = dialect;
        this.watchers = watchers;
        this.recording = recording;
    }

    static String prefix(long watcher) {
        return "w" + watcher + "/";
    }

    @Override
    public Optional<Op> next(HttpBytes out) {
        number++;
        answered[slot(number)] = 0;
        told[slot(number)] = 0;
        long key = number / watchers % KEYS_EACH;
        dialect.putNumbered(out, prefix(number % watchers) + key, number);
        return Optional.of(Op.PUT);
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public void answered(long put, long nowNanos) {
        if (told[slot(put)] != 0) {
            recording.good(Op.EVENT, 0, nowNanos);
        } else {
            answered[slot(put)] = nowNanos;
        }
    }

    private void told(long put) {
        long now = System.nanoTime();
        if (put <= number - KEPT || put > number) {
            return;
        }
        if (answered[slot(put)] != 0) {
            recording.good(Op.EVENT, now - answered[slot(put)], now);
        } else {
            told[slot(put)] = now;
        }
    }

    private static int slot(long put) {
        return (int) (put & (KEPT - 1));
    }

    /** Finds the numbers of puts in what a watcher is sent: digits between two {@code #}, of which there are no others. */
    AnswerParser.Sink watcher() {
        return new AnswerParser.Sink() {
            private boolean open;
            private long digits;

            @Override
            public void body(byte b) {
                if (b == '#') {
                    if (open) {
                        told(digits);
                    }
                    open = !open;
                    digits = 0;
                } else if (open && b >= '0' && b <= '9') {
                    digits = digits * 10 + (b - '0');
                } else {
                    open = false;
                }
            }
        };
    }
}
