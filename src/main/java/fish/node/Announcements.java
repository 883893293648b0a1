package fish.node;

import fish.contract.Code;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.group.Connected;
import fish.http.Problem;
import fish.store.MemberRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the master believes of what nodes announce: only of one that JE's own membership knows by this name
 * and kind, at this address for replication, and that is connected now; and while one that has proven itself is
 * heard of, nothing that comes in its name without a proof. Anything else is refused, and nothing of it kept.
 * Thread-safe; does not block.
 */
public final class Announcements {
    /** A back-end is written down at most this often, whatever it says of itself. */
    private static final long WRITTEN_EVERY_NANOS = 5_000_000_000L;

    private final Supplier<List<Connected>> connected;
    private final Followers followers;
    private final Consumer<MemberRecord> writeDown;
    private final LongSupplier nanoTime;
    private final Map<String, Long> written = new ConcurrentHashMap<>();

    /**
     * @param connected who follows this node by JE's word; nobody while it is not the master
     * @param followers told of whoever is believed
     * @param writeDown given each back-end, so that it is known while it is down
     * @param nanoTime as {@link System#nanoTime}
     */
    public Announcements(
            Supplier<List<Connected>> connected,
            Followers followers,
            Consumer<MemberRecord> writeDown,
            LongSupplier nanoTime) {
        this.connected = connected;
        this.followers = followers;
        this.writeDown = writeDown;
        this.nanoTime = nanoTime;
    }

    /**
     * Why it is not believed; empty if it is.
     *
     * @param proven whether it comes from a node that holds the group's data; what others say is not written down
     */
    public Optional<Problem> heard(NodeReport report, boolean proven) {
        NodeStatus node = report.status();
        List<Connected> known = connected.get();
        written.keySet()
                .removeIf(name -> known.stream().noneMatch(one -> one.name().equals(name)));
        Optional<Connected> confirmed =
                known.stream().filter(one -> one.name().equals(node.name())).findFirst();
        if (confirmed.isEmpty()) {
            return refused("no node of this name follows this one");
        }
        if (!confirmed.get().address().toString().equals(node.address())) {
            return refused("the node of this name replicates at another address");
        }
        if (confirmed.get().type() != node.type()) {
            return refused("the node of this name is of the other type");
        }
        if (node.state() == NodeState.MASTER || node.state() == NodeState.UNREACHABLE || node.term() != 0) {
            return refused("a node that follows is not master, and answers");
        }
        if (!followers.heard(report, proven)) {
            return refused("a node of this name has proven itself, or there are too many");
        }
        if (proven && node.type() == NodeType.ELECTABLE && isTimeToWrite(node.name())) {
            writeDown.accept(new MemberRecord(node.name(), node.address(), node.http(), node.priority()));
        }
        return Optional.empty();
    }

    private boolean isTimeToWrite(String name) {
        long now = nanoTime.getAsLong();
        Long before = written.get(name);
        boolean due = before == null || now - before >= WRITTEN_EVERY_NANOS;
        if (due) {
            written.put(name, now);
        }
        return due;
    }

    private static Optional<Problem> refused(String reason) {
        return Optional.of(new Problem(Code.FORBIDDEN, reason));
    }
}
