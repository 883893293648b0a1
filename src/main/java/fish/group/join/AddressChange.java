package fish.group.join;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.rep.MasterStateException;
import com.sleepycat.je.rep.MemberNotFoundException;
import com.sleepycat.je.rep.ReplicaStateException;
import com.sleepycat.je.rep.UnknownMasterException;
import com.sleepycat.je.rep.util.ReplicationGroupAdmin;
import fish.contract.HostPort;
import fish.group.GroupEvents;
import fish.group.JeSettings;
import fish.group.probe.GroupProbe;
import fish.run.Repeated;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What a back-end does that starts at another address than the group knows it at: it has the master write
 * the new one down before it opens, since the others would neither call it there nor believe it. JE does
 * so only while the node is down. What the node itself noted proves nothing: it may have fallen before it
 * noted its last address, or lie on an older copy of its disk. Blocks, for a bounded time.
 */
public final class AddressChange {
    private static final Duration PROBE = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Joining.Self self;
    private final Duration patience;
    private final GroupEvents events;
    private final BooleanSupplier stopped;
    private final GroupProbe probe;
    private final Repeated told = new Repeated(System::nanoTime);

    /**
     * @param patience with a group that has no master, or does not answer
     * @param stopped whether the node is to end; looked at several times a second
     */
    public AddressChange(Joining.Self self, Duration patience, GroupEvents events, BooleanSupplier stopped) {
        this.self = self;
        this.probe = new GroupProbe(self.transport().sockets());
        this.patience = patience;
        this.events = events;
        this.stopped = stopped;
    }

    /**
     * Returns once the group knows this node at its address, or knows it not at all.
     *
     * @param before where it was when it was last in the group; empty where that is not known
     * @param others members of the group
     * @throws JoinRefusedException if that cannot be: what the group knows, and what to do
     */
    public void tell(Optional<HostPort> before, Set<HostPort> others)
            throws JoinRefusedException, InterruptedException {
        boolean mayHaveMoved = before.filter(self.address()::equals).isEmpty();
        if (others.isEmpty()) {
            if (mayHaveMoved) {
                refuseAlone(before);
            }
            return;
        }
        long end = System.nanoTime() + patience.toNanos();
        String known = before.map(HostPort::toString).orElse("its address");
        while (!stopped.getAsBoolean()) {
            GroupProbe.Result found = probe.probe(others, self.group(), PROBE);
            Optional<GroupProbe.Member> member = found.member(self.name());
            if (found.kind() == GroupProbe.Kind.REACHED
                    && member.filter(one -> !one.address().equals(self.address()))
                            .isEmpty()) {
                return;
            }
            String lacking = "no other member of the group answers";
            if (member.isPresent()) {
                known = member.get().address().toString();
                refuseIfTaken(found, member.get());
                if (isWrittenDown(found)) {
                    events.event("address-changed", "from", known, "to", self.address());
                    return;
                }
                lacking = "the group has no master, or it does not let go of the old address";
            } else if (before.isEmpty() || !mayHaveMoved) {
                // Most likely it never moved.
                return;
            }
            if (System.nanoTime() - end >= 0) {
                throw new JoinRefusedException("the group knows " + self.name() + " at " + known + ", not at "
                        + self.address() + ", and " + lacking + ": start it with --address " + known
                        + ", or start the others first");
            }
            if (told.isNews(known + lacking)) {
                events.event("waiting-to-change-address", "from", known, "to", self.address(), "reason", lacking);
            }
            pause();
        }
    }

    private void refuseAlone(Optional<HostPort> before) throws JoinRefusedException {
        if (before.isPresent()) {
            throw new JoinRefusedException("the group knows " + self.name() + " at " + before.get() + ", not at "
                    + self.address()
                    + ", and this home knows of no other member that could be told: name one with --buddy HOST:PORT. If it is the"
                    + " only one, start it with --address " + before.get()
                    + ", or found the group anew from its home with bin/setup NAME --restore HOME");
        }
    }

    private void refuseIfTaken(GroupProbe.Result found, GroupProbe.Member member)
            throws JoinRefusedException, InterruptedException {
        if (probe.isAlive(member, found.group(), PROBE)) {
            throw new JoinRefusedException(
                    "the name " + self.name() + " is taken by the node at " + member.address() + ", which is running");
        }
        Optional<String> taken = probe.whyAddressIsTaken(found, self.name(), self.address(), PROBE);
        if (taken.isPresent()) {
            throw new JoinRefusedException(taken.get());
        }
    }

    private boolean isWrittenDown(GroupProbe.Result found) {
        if (found.master().isEmpty()) {
            return false;
        }
        Set<InetSocketAddress> members = new HashSet<>();
        found.members().forEach(member -> members.add(member.address().resolve()));
        try {
            new ReplicationGroupAdmin(self.group(), members, JeSettings.network(self.transport()))
                    .updateAddress(
                            self.name(), self.address().host(), self.address().port());
            return true;
        } catch (MemberNotFoundException e) {
            return true;
        } catch (UnknownMasterException | ReplicaStateException | MasterStateException e) {
            // Nobody is master now, or it has not noticed yet that this node went.
            return false;
        } catch (DatabaseException | IllegalStateException | IllegalArgumentException e) {
            events.event("address-not-changed", "reason", Joining.firstLine(e));
            return false;
        }
    }

    private void pause() throws InterruptedException {
        long until = System.nanoTime() + PAUSE.toNanos();
        while (!stopped.getAsBoolean() && System.nanoTime() - until < 0) {
            Thread.sleep(50);
        }
    }
}
