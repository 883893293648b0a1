package fish.kv;

import java.util.function.Function;

/** How a read ended. */
public sealed interface ReadOutcome {
    /**
     * @param more whether a {@link Query.Range} stopped at a limit
     * @param consistency what the answer is, at least as strong as was asked
     * @param node the name of the node whose data it is
     * @param lagSeconds how old a local answer can be; NaN where that is not known; 0 for others
     */
    record Found(TxnResult result, boolean more, Consistency consistency, String node, double lagSeconds)
            implements ReadOutcome {}

    record Failed(Failure failure) implements ReadOutcome {}

    default <R> R match(Function<? super Found, ? extends R> found, Function<? super Failed, ? extends R> failed) {
        return this instanceof Found f ? found.apply(f) : failed.apply((Failed) this);
    }

    static ReadOutcome failed(Reason reason, String detail) {
        return new Failed(new Failure(reason, detail));
    }
}
