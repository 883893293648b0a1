package fish.tool.bench;

import java.util.Optional;

/** Which requests are sent. For the thread of one driver. */
interface Script {
    /** Puts the next request together and says what it does; empty: there is none any more. */
    Optional<Op> next(HttpBytes out);

    /** A number of the request that {@link #next} made last. */
    default long number() {
        return 0;
    }

    /** Its good answer came. */
    default void answered(long number, long nowNanos) {}
}
