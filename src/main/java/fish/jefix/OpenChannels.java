package fish.jefix;

import com.sleepycat.je.rep.elections.Acceptor;
import com.sleepycat.je.rep.elections.Learner;
import com.sleepycat.je.rep.impl.BinaryNodeStateService;
import com.sleepycat.je.rep.impl.GroupService;
import com.sleepycat.je.rep.impl.NodeStateService;
import com.sleepycat.je.rep.impl.node.FeederManager;
import com.sleepycat.je.rep.net.DataChannel;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * How many connections that were accepted may be open at a time, in all and to each of JE's services: JE
 * itself has no bound, and gives a thread to most of them. Services that no node asks are not there at all
 * ({@code LDiff} tells the records themselves to whoever asks). Thread-safe.
 */
final class OpenChannels {
    /** How many may be on their way to a service at a time. More are closed at once. */
    static final int PENDING_MAX = 256;

    /** Twice as many as there can be front-ends, so that they never keep a back-end out. */
    private static final int STREAMS_MAX = 1_024;

    /** Each reads a whole home from the disk. */
    static final int COPIES_MAX = 16;

    private static final int QUESTIONS_MAX = 128;

    private static final Map<String, Integer> SERVICES = Map.of(
            FeederManager.FEEDER_SERVICE, STREAMS_MAX,
            com.sleepycat.je.rep.impl.networkRestore.FeederManager.FEEDER_SERVICE, COPIES_MAX,
            Acceptor.SERVICE_NAME, QUESTIONS_MAX,
            Learner.SERVICE_NAME, QUESTIONS_MAX,
            GroupService.SERVICE_NAME, QUESTIONS_MAX,
            NodeStateService.SERVICE_NAME, QUESTIONS_MAX,
            BinaryNodeStateService.SERVICE_NAME, QUESTIONS_MAX);

    private final int pendingMax;
    private int pending;

    // JE forgets some without closing them when it stops a service: the references are weak.
    private final Map<String, Set<DataChannel>> open = new HashMap<>();

    OpenChannels(int pendingMax) {
        this.pendingMax = pendingMax;
    }

    /** One more on its way to a service, until {@link #arrived}; false: one too many. */
    synchronized boolean begin() {
        pending++;
        return pending <= pendingMax;
    }

    synchronized void arrived() {
        pending--;
    }

    synchronized int pending() {
        return pending;
    }

    /** False where there is no such service, or no room in it. */
    synchronized boolean enter(String service, DataChannel channel) {
        int max = SERVICES.getOrDefault(service, 0);
        Set<DataChannel> there =
                open.computeIfAbsent(max == 0 ? "" : service, any -> Collections.newSetFromMap(new WeakHashMap<>()));
        if (there.size() >= max) {
            there.removeIf(other -> !other.isOpen());
        }
        return there.size() < max && there.add(channel);
    }
}
