package fish.faults;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a soak has seen: what must not be, and how long nobody was served under each kind of fault. */
final class Tally {
    private final PrintStream out;
    private final Map<String, List<Duration>> gaps = new TreeMap<>();
    private int violations;
    private int ended;
    private int repaired;

    Tally(PrintStream out) {
        this.out = out;
    }

    /** An answer was wrong, or a group did not come up. */
    void violation(String what) {
        violations++;
        out.println("violation n=" + violations + " " + what);
    }

    /** Nodes ended though nobody ended them. */
    void ended(int nodes) {
        ended += nodes;
    }

    /** A node did not come back by itself. */
    void repaired(String what) {
        repaired++;
        out.println("repaired n=" + repaired + " " + what);
    }

    void gap(String fault, Duration length) {
        gaps.computeIfAbsent(fault, any -> new ArrayList<>()).add(length);
        out.println("gap fault=" + fault + " millis=" + length.toMillis());
    }

    int violations() {
        return violations;
    }

    boolean isClean() {
        return violations == 0 && ended == 0 && repaired == 0;
    }

    void tell() {
        gaps.forEach((fault, lengths) -> {
            List<Duration> sorted =
                    lengths.stream().sorted(Comparator.naturalOrder()).toList();
            out.println("gaps fault=" + fault + " n=" + sorted.size() + " median-ms="
                    + sorted.get(sorted.size() / 2).toMillis() + " max-ms="
                    + sorted.get(sorted.size() - 1).toMillis());
        });
        out.println(
                "soak violations=" + violations + " ended-by-themselves=" + ended + " repaired-by-hand=" + repaired);
    }
}
