package fish.node;

import fish.contract.NodeType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The nodes that announced themselves to this one lately; bounded in number, forgotten in time. What a node said that
 * proved itself gives way only to what it proves anew. Thread-safe.
 */
public final class Followers {
    private static final int NODES_MAX = 2_000;
    private static final long KEPT_NANOS = 10_000_000_000L;

    private record Heard(NodeReport report, boolean proven, long nanos) {}

    private final ConcurrentHashMap<String, Heard> heard = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public Followers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param proven whether it comes from a node that holds the group's data
     * @return false: it is not kept, for a node of this name has proven itself lately, or there are too many
     */
    public boolean heard(NodeReport report, boolean proven) {
        forgetOld();
        String name = report.status().name();
        if (heard.size() >= NODES_MAX && !heard.containsKey(name)) {
            return false;
        }
        Heard now = new Heard(report, proven, nanoTime.getAsLong());
        Heard kept = heard.merge(name, now, (before, said) -> before.proven() && !proven ? before : said);
        return proven || !kept.proven();
    }

    /** By name. */
    public List<NodeReport> lately() {
        forgetOld();
        List<NodeReport> reports = new ArrayList<>();
        heard.values().forEach(one -> reports.add(one.report()));
        reports.sort(Comparator.comparing(report -> report.status().name()));
        return reports;
    }

    /** The names of those that are stopping. */
    public Set<String> leaving() {
        return lately().stream()
                .filter(NodeReport::leaving)
                .map(report -> report.status().name())
                .collect(Collectors.toSet());
    }

    /** The names of those back-ends whose disk is full: clients' writes have no room there. */
    public Set<String> full() {
        return lately().stream()
                .filter(report -> report.status().type() == NodeType.ELECTABLE && report.room() < 0)
                .map(report -> report.status().name())
                .collect(Collectors.toSet());
    }

    /** It is in the group no more. */
    public void forget(String name) {
        heard.remove(name);
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        heard.values().removeIf(one -> now - one.nanos() > KEPT_NANOS);
    }
}
