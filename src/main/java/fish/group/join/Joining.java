package fish.group.join;

import fish.contract.HostPort;
import fish.group.GroupEvents;
import fish.group.probe.GroupProbe;
import fish.run.Repeated;
import fish.tls.NodeTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What a new node makes sure of before it opens JE, which would block for ever without a group to join,
 * and would found a second one beside a group that still lives. Blocks; each step is bounded, and says
 * what it waits for.
 */
public final class Joining {
    private static final Duration PROBE = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Self self;
    private final GroupEvents events;
    private final BooleanSupplier stopped;

    /**
     * Who the node is that joins.
     *
     * @param transport how it speaks with the others
     */
    public record Self(String group, String name, HostPort address, NodeTransport transport) {
        /** Without TLS. */
        public Self(String group, String name, HostPort address) {
            this(group, name, address, NodeTransport.PLAIN);
        }
    }

    /**
     * @param stopped whether the node is to end; looked at several times a second
     */
    public Joining(Self self, GroupEvents events, BooleanSupplier stopped) {
        this.self = self;
        this.events = events;
        this.stopped = stopped;
    }

    /**
     * Asks until one of the buddies answers for the group; tells why none does when that changes, and else
     * seldom.
     *
     * @throws JoinRefusedException if they are of another group, or the name or the address is taken
     */
    public void awaitGroup(Set<HostPort> buddies) throws JoinRefusedException, InterruptedException {
        GroupProbe probe = new GroupProbe(self.transport().sockets());
        Repeated told = new Repeated(System::nanoTime);
        while (!stopped.getAsBoolean()) {
            GroupProbe.Result found = probe.probe(buddies, self.group(), PROBE);
            if (found.kind() == GroupProbe.Kind.REACHED) {
                Optional<String> taken = probe.whyNameIsTaken(found, self.name(), self.address(), PROBE);
                if (taken.isEmpty()) {
                    taken = probe.whyAddressIsTaken(found, self.name(), self.address(), PROBE);
                }
                if (taken.isPresent()) {
                    throw new JoinRefusedException(taken.get());
                }
                return;
            }
            if (found.kind() == GroupProbe.Kind.WRONG_GROUP) {
                throw new JoinRefusedException("not of group " + self.group() + ": " + found.reasons());
            }
            String reasons = new TreeMap<>(found.reasons().entrySet().stream()
                            .collect(Collectors.toMap(reason -> reason.getKey().toString(), Map.Entry::getValue)))
                    .toString();
            if (told.isNews(reasons)) {
                events.event("waiting-for-buddy", "found", reasons);
            }
            pause();
        }
    }

    /**
     * Listens at this node's own address for members of a group that still count it among them.
     *
     * @throws JoinRefusedException if one calls, or the address cannot be listened at
     */
    public void checkFounding() throws JoinRefusedException {
        checkFounding("join it with --buddy instead of --want-master");
    }

    /**
     * The same.
     *
     * @param whatToDo if one calls
     */
    public void checkFounding(String whatToDo) throws JoinRefusedException {
        try {
            Optional<FoundingCheck.Caller> caller = new FoundingCheck(
                            self.transport().serverSockets())
                    .listen(self.address(), FoundingCheck.LISTEN_DEFAULT);
            if (caller.isPresent()) {
                throw new JoinRefusedException(
                        "a group that this address belongs to still lives (" + caller.get() + "): " + whatToDo);
            }
        } catch (IOException e) {
            throw new JoinRefusedException("cannot listen at " + self.address() + ": " + e.getMessage());
        }
    }

    /** What JE says, without what it adds about where. */
    static String firstLine(Throwable thrown) {
        return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    }

    private void pause() throws InterruptedException {
        long until = System.nanoTime() + PAUSE.toNanos();
        while (!stopped.getAsBoolean() && System.nanoTime() - until < 0) {
            Thread.sleep(50);
        }
    }
}
