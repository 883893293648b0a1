package fish.tool.bulk;

/**
 * How a load ended.
 *
 * @param records that are in the store by this load, those of earlier runs included
 * @param before of them, those that an earlier run had put: they were left as they are
 * @param ended records whose time had ended
 * @param wrong lines that are no records, or were refused
 * @param failure why it did not come to the end of its input; empty: it did
 */
public record LoadResult(long records, long before, long ended, long wrong, double seconds, String failure) {
    public boolean whole() {
        return failure.isEmpty() && wrong == 0;
    }
}
