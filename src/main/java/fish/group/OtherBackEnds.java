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
    private Set<HostPort> seen = Set.of();
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

    /** Does not wait for what is being written. */
    void remember(Store store) {
        addresses.addAll(members(store));
    }

    private Set<HostPort> members(Store store) {
        Set<HostPort> members = new HashSet<>();
        try {
            for (MemberRecord member : store.membersSoFar()) {
                if (!member.name().equals(self)) {
                    members.add(HostPort.parse(member.address()));
                }
            }
        } catch (UnavailableException | IllegalArgumentException e) {
            // Those that were known before must do.
        }
        members.remove(address);
        return members;
    }

    /**
     * The same now and then: a node that stays master hears of those who join in no other way.
     *
     * @return whether they are others than when this was called last
     */
    boolean look(Store store, long nowNanos) {
        if (nowNanos - nextNanos < 0) {
            return false;
        }
        nextNanos = nowNanos + LOOK_EVERY.toNanos();
        Set<HostPort> now = members(store);
        addresses.addAll(now);
        boolean news = !now.equals(seen);
        seen = now;
        return news;
    }

    /** Of those that have what this node misses. */
    void remember(Throwable reason) {
        if (reason instanceof InsufficientLogException missing) {
            missing.getLogProviders().forEach(node -> addresses.add(HostPort.of(node.getHostName(), node.getPort())));
            addresses.remove(address);
        }
    }
}
