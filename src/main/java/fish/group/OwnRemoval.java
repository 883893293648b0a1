package fish.group;

import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.impl.RepImpl;
import fish.store.RemovedRecord;
import fish.store.Store;
import fish.store.UnavailableException;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks in a back-end's own replica whether the group has removed it. It believes so only once a majority
 * has it: a removal that came to nothing may be here too, for a while. For the membership's thread.
 */
final class OwnRemoval {
    private static final Duration EVERY = Duration.ofMillis(250);

    private final ReplicatedEnvironment environment;
    private final Store store;
    private final String name;

    private long nextNanos = System.nanoTime();
    private long believedFrom;

    OwnRemoval(ReplicatedEnvironment environment, Store store, String name) {
        this.environment = environment;
        this.store = store;
        this.name = name;
    }

    /**
     * Looks now and then, however often it is called.
     *
     * @throws RemovedException if the group has removed this node
     */
    void check(long nowNanos) {
        if (nowNanos - nextNanos < 0) {
            return;
        }
        nextNanos = nowNanos + EVERY.toNanos();
        Optional<RemovedRecord> removed = removed();
        if (removed.isEmpty()) {
            believedFrom = 0;
            return;
        }
        RepImpl je = RepInternal.getNonNullRepImpl(environment);
        if (believedFrom == 0) {
            believedFrom = je.getVLSNIndex().getRange().getLast().getSequence();
        }
        if (je.getRepNode().getAnyDTVLSN() >= believedFrom) {
            throw new RemovedException(removed.get().atMillis());
        }
    }

    private Optional<RemovedRecord> removed() {
        if (environment.getState() != ReplicatedEnvironment.State.REPLICA) {
            return Optional.empty();
        }
        int self = RepInternal.getNonNullRepImpl(environment).getNameIdPair().getId();
        try {
            return store.removed(name).filter(record -> self >= 0 && self <= record.id());
        } catch (UnavailableException e) {
            return Optional.empty();
        }
    }
}
