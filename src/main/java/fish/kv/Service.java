package fish.kv;

import java.util.function.Consumer;

/**
 * The store as an HTTP server sees it: on the master its own pen and data, on a front-end the way there.
 *
 * <p>Neither method blocks or throws. Each answer is given exactly once, on any thread, soon after the
 * deadline at the latest; who takes it must not block. Thread-safe.
 */
public interface Service {
    void write(Write write, Consumer<? super Outcome> answer);

    void read(Read read, Consumer<? super ReadOutcome> answer);

    /**
     * Whether what the master must serve is sent on from here. Then nobody holds room here for an answer
     * that the master may have no room for yet: the two would wait for each other.
     */
    default boolean forwards() {
        return false;
    }
}
