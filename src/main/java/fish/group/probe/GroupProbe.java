package fish.group.probe;

import fish.contract.HostPort;
import fish.contract.NodeType;
import fish.run.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * Asks buddies about their group before a new node opens JE, whose constructor never returns where no
 * buddy answers or the group has another name. It only asks: nobody is disturbed. Safe for use by
 * several threads. A call starts threads of its own and leaves none, but one whose look-up of a host
 * name still hangs.
 */
public final class GroupProbe {
    /** Calls end by themselves, and say then why. */
    private static final Duration LATE = Duration.ofMillis(500);

    /** How many buddies one probe asks at most. */
    public static final int BUDDIES_MAX = 64;

    private final SocketFactory sockets;

    /**
     * @param sockets makes the connections: {@link SocketFactory#getDefault}, or one for TLS where the
     *     nodes use it among themselves
     */
    public GroupProbe(SocketFactory sockets) {
        this.sockets = sockets;
    }

    /** What was found; of several answers the first in this order counts. */
    public enum Kind {
        /** A member of the group answered. */
        REACHED,
        /** A JE node answered, but one of another group. */
        WRONG_GROUP,
        /** Something answered that is no JE node, or not over this kind of connection. */
        NOT_A_NODE,
        /** Nobody answered in time, or only nodes that have found no group yet. */
        UNREACHABLE
    }

    /** A node of the group. A read-only replica is known only to the master, and only while in touch. */
    public record Member(String name, HostPort address, NodeType type) {}

    /**
     * @param group the name of the group that answered; empty if none did
     * @param master the name of its master; empty where none is known
     * @param members of the group; none unless {@code REACHED}
     * @param reasons in words, for each buddy that was of no use
     */
    public record Result(Kind kind, String group, String master, List<Member> members, Map<HostPort, String> reasons) {
        public Result {
            members = List.copyOf(members);
            reasons = Map.copyOf(reasons);
        }

        /** The member of this name. */
        public Optional<Member> member(String name) {
            return members.stream().filter(member -> member.name().equals(name)).findFirst();
        }
    }

    /**
     * Asks all buddies at once, or {@value #BUDDIES_MAX} of them, drawn anew each time; and then the master for what it
     * alone knows.
     *
     * @param timeout for all of it, kept whatever the buddies do; a buddy is given half
     * @throws IllegalArgumentException if there is no buddy
     */
    public Result probe(Set<HostPort> buddies, String group, Duration timeout) throws InterruptedException {
        if (buddies.isEmpty()) {
            throw new IllegalArgumentException("there is no buddy to be asked");
        }
        List<HostPort> drawn = new ArrayList<>(buddies);
        Collections.shuffle(drawn);
        Set<HostPort> few = Set.copyOf(drawn.subList(0, Math.min(drawn.size(), BUDDIES_MAX)));
        Question ofGroup = (call, address) -> ProbeAnswer.ofGroup(call, address, group);
        Duration half = timeout.dividedBy(2);
        Map<HostPort, ProbeAnswer> answers = askAll(few, ofGroup, half);
        Result found = best(answers);
        Optional<HostPort> master =
                found.member(found.master()).map(Member::address).filter(address -> !answers.containsKey(address));
        if (master.isEmpty()) {
            return found;
        }
        answers.putAll(askAll(Set.of(master.get()), ofGroup, half));
        return best(answers);
    }

    /**
     * Why a node of this name at this address must not join: the name is another's. A member keeps its
     * name for its address while it is down too, and JE refuses it at any other; a read-only replica
     * leaves its name when it is gone. The same name at the same address is the same node, restarted.
     *
     * @param found what {@link #probe} found
     * @param timeout for the question whether the holder is alive
     * @return a sentence for the log; empty if the name is free
     */
    public Optional<String> whyNameIsTaken(Result found, String name, HostPort address, Duration timeout)
            throws InterruptedException {
        Optional<Member> holder =
                found.member(name).filter(member -> !member.address().equals(address));
        if (holder.isEmpty()) {
            return Optional.empty();
        }
        Member member = holder.get();
        boolean alive = isAlive(member, found.group(), timeout);
        if (!alive && member.type() == NodeType.SECONDARY) {
            return Optional.empty();
        }
        return Optional.of("the name " + name + " is taken by the node at " + member.address() + ", which is "
                + (alive ? "running" : "a member of the group, though not running: " + howToFree(name)));
    }

    /**
     * Why nobody of this name may join at this address: it is a member's of another name, which keeps it while
     * it is down.
     *
     * @param found what {@link #probe} found
     * @param timeout for the question whether that one is alive
     * @return a sentence for the log; empty if the address is free
     */
    public Optional<String> whyAddressIsTaken(Result found, String name, HostPort address, Duration timeout)
            throws InterruptedException {
        Optional<Member> holder = found.members().stream()
                .filter(member -> member.type() == NodeType.ELECTABLE
                        && member.address().equals(address)
                        && !member.name().equals(name))
                .findFirst();
        if (holder.isEmpty()) {
            return Optional.empty();
        }
        String owner = holder.get().name();
        return Optional.of("the address " + address + " is that of " + owner + ", which is "
                + (isAlive(holder.get(), found.group(), timeout)
                        ? "running"
                        : "a member of the group, though not running: " + howToFree(owner)));
    }

    private static String howToFree(String member) {
        return "if it will not come back, take it out with curl -X DELETE http://FRONT-END/cluster/nodes/" + member;
    }

    public boolean isAlive(Member member, String group, Duration timeout) throws InterruptedException {
        Question ofNode = (call, address) -> ProbeAnswer.ofNode(call, address, group);
        return askAll(Set.of(member.address()), ofNode, timeout).values().stream()
                .anyMatch(answer -> answer.node().equals(member.name()));
    }

    private interface Question {
        ProbeAnswer ask(NodeCall call, HostPort address);
    }

    private Map<HostPort, ProbeAnswer> askAll(Set<HostPort> nodes, Question question, Duration timeout)
            throws InterruptedException {
        List<HostPort> addresses = List.copyOf(nodes);
        List<NodeCall> calls = new ArrayList<>();
        List<Callable<ProbeAnswer>> questions = new ArrayList<>();
        for (HostPort address : addresses) {
            NodeCall call = new NodeCall(sockets, timeout);
            calls.add(call);
            questions.add(() -> question.ask(call, address));
        }
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size(), Threads.named("fish-group-probe"));
        Map<HostPort, ProbeAnswer> answers = new LinkedHashMap<>();
        try {
            List<Future<ProbeAnswer>> done =
                    threads.invokeAll(questions, timeout.plus(LATE).toNanos(), TimeUnit.NANOSECONDS);
            for (int i = 0; i < done.size(); i++) {
                answers.put(addresses.get(i), result(done.get(i)));
            }
        } finally {
            calls.forEach(NodeCall::close);
            threads.shutdown();
        }
        return answers;
    }

    private static ProbeAnswer result(Future<ProbeAnswer> done) throws InterruptedException {
        try {
            return done.get();
        } catch (CancellationException e) {
            return ProbeAnswer.unusable(Kind.UNREACHABLE, "does not answer in time");
        } catch (ExecutionException e) {
            // Whatever it answered broke what reads it: it is of no use, and others may be.
            return ProbeAnswer.unusable(Kind.NOT_A_NODE, "its answer cannot be read: " + e.getCause());
        }
    }

    private static Result best(Map<HostPort, ProbeAnswer> answers) {
        Kind kind = Kind.UNREACHABLE;
        String group = "";
        String master = "";
        Map<String, Member> members = new TreeMap<>();
        Map<HostPort, String> reasons = new LinkedHashMap<>();
        for (Map.Entry<HostPort, ProbeAnswer> entry : answers.entrySet()) {
            ProbeAnswer answer = entry.getValue();
            if (answer.kind().compareTo(kind) < 0) {
                kind = answer.kind();
                group = answer.group();
            }
            if (master.isEmpty()) {
                master = answer.master();
            }
            answer.members().forEach(member -> members.put(member.name(), member));
            if (!answer.reason().isEmpty()) {
                reasons.put(entry.getKey(), answer.reason());
            }
        }
        return new Result(kind, group, master, List.copyOf(members.values()), reasons);
    }
}
