package fish.budget;

import java.util.EnumMap;
import java.util.Map;

/**
 * The heap of one node, shared out: the one place that decides on sizes in memory. Each {@link Share} is a
 * fixed part of the heap; where JE's cache was given so much that the cache and all shares together would
 * exceed {@value #PLANNED_PERCENT} % of the heap, those for requests and answers shrink alike. The rest is for the program
 * itself and for what lives for a moment only. Immutable; the budgets that it hands out are thread-safe.
 */
public final class HeapBudget {
    /** Of the heap, at most, for JE's cache and all shares. */
    public static final int PLANNED_PERCENT = 85;

    /** Of the heap, for JE's cache, where nothing else is said. */
    public static final int CACHE_PERCENT = 30;

    private static final long SHARE_BYTES_MIN = 1 << 20;

    private final long heapBytes;
    private final long cacheBytes;
    private final Map<Share, ByteBudget> budgets = new EnumMap<>(Share.class);

    /**
     * @param heapBytes the largest that the heap can become
     * @param cacheBytes of JE's cache
     */
    public HeapBudget(long heapBytes, long cacheBytes) {
        this.heapBytes = heapBytes;
        this.cacheBytes = cacheBytes;
        long wanted = 0;
        double left = heapBytes / 100.0 * PLANNED_PERCENT - cacheBytes;
        for (Share share : Share.values()) {
            if (share.shrinks()) {
                wanted += share.of(heapBytes);
            } else {
                left -= share.of(heapBytes);
            }
        }
        double scale = Math.min(1, left / wanted);
        for (Share share : Share.values()) {
            double part = share.shrinks() ? scale : 1;
            long bytes = Math.max(SHARE_BYTES_MIN, (long) (share.of(heapBytes) * part));
            budgets.put(share, new ByteBudget(bytes));
        }
    }

    /** Of this process, whose cache has so many bytes. */
    public static HeapBudget ofThisProcess(long cacheBytes) {
        return new HeapBudget(Runtime.getRuntime().maxMemory(), cacheBytes);
    }

    public long heapBytes() {
        return heapBytes;
    }

    public long cacheBytes() {
        return cacheBytes;
    }

    /** Of a share, in bytes; 1 MiB at least. */
    public long bytes(Share share) {
        return of(share).bytesMax();
    }

    /** The budget of a share: the same one each time. */
    public ByteBudget of(Share share) {
        ByteBudget budget = budgets.get(share);
        if (budget == null) {
            throw new IllegalStateException("no budget of " + share);
        }
        return budget;
    }
}
