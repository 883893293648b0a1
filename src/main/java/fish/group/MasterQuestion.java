package fish.group;

import fish.store.MasterRecord;
import fish.store.Store;
import java.util.concurrent.CompletableFuture;

/** How a back-end that is being filled asks a serving master how far it is. Thread-safe; must not wait for others. */
public interface MasterQuestion {
    /**
     * @param master who is asked, as the replica knows it; may be long gone
     * @param copy what has been received so far: by it the node proves that it is one of the group
     * @return the revision that a strong read shows which began after this call; an exception if that node
     *     is no serving master of this group or does not answer within a second or two
     */
    CompletableFuture<Long> revision(MasterRecord master, Store copy);
}
