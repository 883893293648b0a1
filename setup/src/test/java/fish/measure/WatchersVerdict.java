package fish.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the watchers were told against what the writers were answered. */
final class WatchersVerdict {
    private static final int SHOWN_MAX = 10;

    private final Puts puts;
    private final Watchers watchers;
    private final List<String> wrongs = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private int missed;
    private int superseded;
    private int doubled;
    private int reordered;
    private int unknownTold;

    WatchersVerdict(Puts puts, Watchers watchers) {
        this.puts = puts;
        this.watchers = watchers;
        watchers.all.forEach(this::judge);
        puts.answered.forEach((revision, put) -> {
            if (!seen.contains(revision)) {
                missed++;
                wrongs.add("missed " + revision + " " + put);
            }
        });
    }

    private void judge(Watcher watcher) {
        Map<String, Watcher.Told> newest = new HashMap<>();
        long last = 0;
        for (Watcher.Told told : watcher.told) {
            if (!seen.add(told.revision())) {
                doubled++;
                wrongs.add("doubled " + told);
            } else if (told.revision() <= last) {
                reordered++;
                wrongs.add("reordered " + told + " after " + last);
            }
            last = told.revision();
            superseded += told.sequence() < 0 ? 1 : 0;
            newest.put(told.key(), told);
            judge(watcher, told);
        }
        newest.values().stream().filter(told -> told.sequence() < 0).forEach(told -> {
            missed++;
            wrongs.add("nothing newer than " + told);
        });
    }

    private void judge(Watcher watcher, Watcher.Told told) {
        Puts.Put put = puts.answered.get(told.revision());
        if (put == null) {
            unknownTold++;
            if (told.sequence() >= 0 && !puts.unknown.remove(told.sequence())) {
                wrongs.add("never answered, or told twice " + told);
            }
            return;
        }
        delays.add(told.nanos() - put.nanos());
        boolean same = told.sequence() < 0 || told.sequence() == put.sequence();
        if (!same || put.watcher() != watcher.index || !put.key().equals(told.key())) {
            wrongs.add("told " + told + " for " + put);
        }
    }

    void print() {
        long[] sorted = delays.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "  told %d: missed %d, doubled %d, reordered %d, wrong in all %d; superseded %d, of unknown "
                        + "outcome %d; streams ended and resumed %d%n",
                seen.size(),
                missed,
                doubled,
                reordered,
                wrongs.size(),
                superseded,
                unknownTold,
                watchers.ended.get());
        if (sorted.length > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "  PUT answered to event: median %.1f ms, 99 %% %.1f ms, longest %.1f ms%n",
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    Arrays.stream(sorted).max().orElse(0) / 1e6);
        }
        wrongs.stream().limit(SHOWN_MAX).forEach(wrong -> System.out.println("  " + wrong));
        watchers.endings.stream().distinct().forEach(ending -> System.out.println("  stream: " + ending));
    }
}
