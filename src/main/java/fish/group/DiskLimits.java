package fish.group;

/**
 * The two limits of a node's disk. At the one that people set, clients' writes are refused; at a lower one
 * JE stops writing, so that there is room in between for what must go on: replay, the commits of a new
 * master, the confirmation of reads, records that expire.
 *
 * @param freeBytes clients' writes are refused while the file system has less; never less than {@value
 *     #FREE_MIN}, since JE needs some room in any case
 * @param maxBytes clients' writes are refused while the data takes more; 0: no limit
 */
record DiskLimits(long freeBytes, long maxBytes) {
    static final long FREE_MIN = 32L << 20;

    private static final long LOG_FILE_MIN = 4L << 20;
    private static final long LOG_FILE_MAX = 64L << 20;
    /** JE compares with its limits each time that it has written a quarter of a file. */
    private static final int LOG_FILES_PER_LIMIT = 4;

    DiskLimits {
        freeBytes = Math.max(freeBytes, FREE_MIN);
    }

    /** Small enough for the limits to be noticed in time. */
    long logFileBytes() {
        long smaller = maxBytes == 0 ? freeBytes : Math.min(freeBytes, maxBytes);
        return Math.max(LOG_FILE_MIN, Math.min(LOG_FILE_MAX, smaller / LOG_FILES_PER_LIMIT));
    }

    /** {@code je.freeDisk}. */
    long jeFreeBytes() {
        return freeBytes / 4;
    }

    /** {@code je.maxDisk}, from which JE takes its other limit off before it compares; 0: none. */
    long jeMaxBytes() {
        return maxBytes == 0 ? 0 : maxBytes + Math.max(2 * logFileBytes(), maxBytes / 8) + jeFreeBytes();
    }

    /** {@code je.reservedDisk}: what may be deleted but is kept for nodes that come back. */
    long jeReservedBytes() {
        long usual = 512L << 20;
        return maxBytes == 0 ? usual : Math.min(usual, maxBytes / 4);
    }
}
