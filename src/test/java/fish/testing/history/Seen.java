package fish.testing.history;

/**
 * A record as a read of several keys saw it.
 *
 * @param revision 0: there was none
 */
public record Seen(String value, long revision) {
    public static final Seen NOTHING = new Seen("", 0);

    boolean isRecord() {
        return revision > 0;
    }
}
