package fish.group;

import com.sleepycat.je.rep.InsufficientLogException;
import fish.contract.HostPort;
import fish.store.MemberRecord;
import fish.store.Store;
import fish.store.UnavailableException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Where the other back-ends of the group are, as far as this node has heard: it can be filled from them when what it holds
 * is of no use. For the membership's thread.
 */
final class OtherBackEnds {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(3);

    private final String self;
    private final HostPort address;
    private final Set<HostPort> addresses = new HashSet<>();
    private long nextNanos = System.nanoTime();

    OtherBackEnds(NodeOptions options) {
        this.self = options.name();
        this.address = options.address();
        addresses.addAll(options.helpers());
        addresses.remove(address);
    }

    /** As they are known now; changes with this. */
    Set<HostPort> addresses() {
        return addresses;
    }

    /** Whether there are some that were not known. */
    boolean remember(Store store) {
        try {
            int before = addresses.size();
            for (MemberRecord member : store.members()) {
                if (!member.name().equals(self)) {
                    addresses.add(HostPort.parse(member.address()));
                }
            }
            return addresses.size() > before;
        } catch (UnavailableException | IllegalArgumentException e) {
            return false; // those that were known before must do
        }
    }

    /** The same now and then: a node that stays master hears of those who join in no other way. */
    boolean look(Store store, long nowNanos) {
        if (nowNanos - nextNanos < 0) {
            return false;
        }
        nextNanos = nowNanos + LOOK_EVERY.toNanos();
        return remember(store);
    }

    /** Of those that have what this node misses. */
    void remember(Throwable reason) {
        if (reason instanceof InsufficientLogException missing) {
            missing.getLogProviders().forEach(node -> addresses.add(HostPort.of(node.getHostName(), node.getPort())));
            addresses.remove(address);
        }
    }
}
