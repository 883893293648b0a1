package fish.node;

import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.group.Connected;
import fish.group.DiskRoom;
import fish.group.GroupEvents;
import fish.group.JeSettings;
import fish.group.MasterQuestion;
import fish.group.MasterRole;
import fish.group.Mastership;
import fish.group.Membership;
import fish.group.NodeOptions;
import fish.group.Refounding;
import fish.group.Timeouts;
import fish.group.join.AddressChange;
import fish.group.join.JoinRefusedException;
import fish.group.join.Joining;
import fish.home.Entry;
import fish.home.Home;
import fish.jefix.JeFixException;
import fish.jefix.JeFixes;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.run.EventLog;
import fish.store.MemberRecord;
import fish.store.NewBeginning;
import fish.store.Store;
import fish.store.UnavailableException;
import fish.tls.NodeTls;
import fish.tls.NodeTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's seat in its group: how it enters from its home, what it holds there, and its leaving.
 * Thread-safe.
 */
public final class GroupMember implements GroupEvents, AutoCloseable {
    private static final Duration TELL_EVERY = Duration.ofSeconds(8);
    private static final Duration TO_CHANGE_ADDRESS = Duration.ofSeconds(60);

    private final NodeSettings settings;
    private final Home home;
    private final Entry entry;
    private final EventLog log;
    private final NodeTransport transport;
    private final Consumer<String> failed;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Elections elections = new Elections(System::nanoTime);

    private volatile @Nullable Membership membership;
    private volatile String groupId = "";
    private volatile String master = "";
    private volatile boolean closing;

    /**
     * @param transport how it speaks with the others
     * @param failed told why the node cannot go on
     */
    public GroupMember(
            NodeSettings settings,
            Home home,
            Entry entry,
            EventLog log,
            NodeTransport transport,
            Consumer<String> failed) {
        this.settings = settings;
        this.home = home;
        this.entry = entry;
        this.log = log;
        this.transport = transport;
        this.failed = failed;
        transport
                .tls()
                .ifPresent(tls -> tls.tell(
                        this::event,
                        List.of(settings.address().host(), settings.http().host())));
    }

    /** How it speaks with the others. */
    public NodeTransport transport() {
        return transport;
    }

    /** What differs between nodes. */
    public record Options(int priority, long freeDiskBytes, long maxDiskBytes, Timeouts timeouts) {}

    /**
     * Joins, founds or returns, and blocks until the node follows a master, is one, or knows that there
     * is none. Comes back early after {@link #close}.
     *
     * @param question for a back-end that is to be filled
     * @throws ProgramException if the group does not take it, or JE is not one that can be corrected
     */
    public void enter(Options options, Optional<MasterRole> masterRole, MasterQuestion question)
            throws ProgramException {
        try {
            Set<HostPort> helpers = helpers();
            requireTakenByJe(helpers, masterRole.isEmpty());
            Joining.Self self = new Joining.Self(settings.group(), settings.name(), settings.address(), transport);
            Joining joining = new Joining(self, this, () -> closing);
            if (home.isRestored()) {
                joining.checkFounding("stop what is left of it before it is founded anew");
                foundAnew(options);
            } else if (entry == Entry.FOUND) {
                joining.checkFounding();
                home.foundingStarted(settings.group(), settings.name());
            } else if (!NodeOptions.hasData(home.dataDir())) {
                joining.awaitGroup(helpers);
            } else if (masterRole.isPresent()) {
                JeFixes.apply();
                new AddressChange(self, TO_CHANGE_ADDRESS, this, () -> closing).tell(home.address(), helpers);
            }
            if (closing) {
                return;
            }
            Membership member = new Membership(options(options, helpers), masterRole, question, this);
            membership = member;
            member.start();
            awaitSettled();
        } catch (JeFixException e) {
            throw ProgramException.failed("this JE cannot be corrected, and would lose writes: " + e.getMessage())
                    .because(e);
        } catch (JoinRefusedException e) {
            throw ProgramException.failed(String.valueOf(e.getMessage())).because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ProgramException.failed("interrupted").because(e);
        }
    }

    /** From here on it is a member that comes back, of a group of one. */
    private void foundAnew(Options options) throws ProgramException {
        try {
            NewBeginning made = Refounding.found(options(options, Set.of(settings.address())));
            log.log(
                    "founded-anew",
                    "node",
                    settings.name(),
                    "group",
                    settings.group(),
                    "holds-up-to",
                    made.held(),
                    "goes-on-after",
                    made.next());
            home.rememberAddress(settings.address());
            home.refounded(settings.group(), settings.name());
        } catch (IOException e) {
            throw ProgramException.failed("nothing can be founded from " + home.dataDir() + ": " + e.getMessage())
                    .because(e);
        }
    }

    private void awaitSettled() throws InterruptedException {
        while (!closing && !settled.await(TELL_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            log.log("waiting-for-group", "node", settings.name(), "state", state());
        }
    }

    private Set<HostPort> helpers() throws ProgramException {
        Set<HostPort> helpers = new HashSet<>(settings.buddies());
        helpers.addAll(home.buddies());
        helpers.remove(settings.address());
        if (entry == Entry.FOUND) {
            return Set.of(settings.address());
        }
        if (helpers.isEmpty() && !NodeOptions.hasData(home.dataDir())) {
            throw ProgramException.failed((settings.buddies().isEmpty()
                            ? "the data of this home is gone, and it knows no other member"
                            : "--buddy names this node itself, which is in no group")
                    + ": name a member with --buddy HOST:PORT");
        }
        return helpers;
    }

    /**
     * What JE would refuse once it is opened, in words of its own.
     *
     * @param asksEachTime whether the node asks for its group at each start, and not only at its first one
     */
    private void requireTakenByJe(Set<HostPort> helpers, boolean asksEachTime) throws ProgramException {
        Optional<String> wrong = JeSettings.whyHomeIsWrong(home.dataDir());
        if (wrong.isEmpty() && (asksEachTime || !NodeOptions.hasData(home.dataDir()))) {
            wrong = whyOutOfReach(helpers);
        }
        if (wrong.isPresent()) {
            throw ProgramException.wrong(wrong.get());
        }
    }

    /** Nodes that only their own machine reaches are no group with others. */
    private Optional<String> whyOutOfReach(Set<HostPort> helpers) {
        boolean alone = settings.address().isLoopback();
        return helpers.stream()
                .filter(helper -> helper.isKnown() && helper.isLoopback() != alone)
                .findFirst()
                .map(helper -> "--address %s is %s loopback address and the buddy %s is %s: in a group all are, or none"
                        .formatted(settings.address(), alone ? "a" : "no", helper, alone ? "none" : "one"));
    }

    private NodeOptions options(Options options, Set<HostPort> helpers) {
        return new NodeOptions(
                settings.group(),
                settings.name(),
                settings.address(),
                helpers,
                options.priority(),
                home.dataDir(),
                settings.get(NodeSettings.CACHE).bytes(),
                options.freeDiskBytes(),
                options.maxDiskBytes(),
                options.timeouts(),
                transport);
    }

    /** While this node is the serving master. */
    public Optional<Mastership> mastership() {
        Membership member = membership;
        return member == null ? Optional.empty() : member.mastership();
    }

    /** Names the group that this node's data is of, whatever it is called; empty while that is not known. */
    public String groupId() {
        Membership member = membership;
        String now = member == null ? "" : member.groupId();
        if (!now.isEmpty()) {
            groupId = now;
        }
        return groupId; // also while it is being opened again
    }

    public NodeState state() {
        Membership member = membership;
        return member == null ? NodeState.STARTING : member.state();
    }

    /** How far this back-end is with being filled, in words; empty while it is not. */
    public String filling() {
        Membership member = membership;
        return member == null ? "" : member.filling();
    }

    public String name() {
        return settings.name();
    }

    public String group() {
        return settings.group();
    }

    /** How often and for how long it knew no master. */
    Elections elections() {
        return elections;
    }

    /** Whether its disk has room; empty until it has entered. */
    public Optional<DiskRoom> disk() {
        Membership member = membership;
        return member == null ? Optional.empty() : Optional.of(member.disk());
    }

    /** The name of the master that this node follows or is; empty where it knows none. */
    public String master() {
        return master;
    }

    /**
     * What this node holds.
     *
     * @throws UnavailableException while it is not open
     */
    public Store store() {
        Membership member = membership;
        if (member == null) {
            throw new UnavailableException(new Failure(Reason.STARTING, "the node is entering its group"));
        }
        return member.store();
    }

    /** The back-ends that its replica knows of; none while it cannot be read. */
    public List<MemberRecord> members() {
        try {
            return store().members();
        } catch (UnavailableException e) {
            return List.of();
        }
    }

    /** The HTTP address of that master; empty where it is not known. */
    public String masterHttp() {
        String name = master;
        return members().stream()
                .filter(member -> member.name().equals(name))
                .map(MemberRecord::http)
                .findFirst()
                .orElse("");
    }

    /** The nodes that follow this one, by JE's word; none where it is not the serving master. */
    public List<Connected> connected() {
        Membership member = membership;
        return member == null ? List.of() : member.connected();
    }

    /**
     * Hands the mastership to the most up to date of these nodes that are connected.
     *
     * @param candidates asked again now and then: must not block
     * @return the name of the new master, which may not serve yet; or why there is none
     */
    public CompletableFuture<String> transferTo(Supplier<Set<String>> candidates, Duration limit) {
        Membership member = membership;
        return member == null
                ? CompletableFuture.failedFuture(new IllegalStateException("this node has not entered its group"))
                : member.transferMaster(candidates, limit);
    }

    /**
     * Hands the mastership to any other back-end that may have it, if this node has it. Blocks.
     *
     * @param leaving those that are stopping too
     */
    public void transferMaster(Supplier<Set<String>> leaving, Duration limit) {
        if (mastership().isEmpty()) {
            return;
        }
        Set<String> others = new HashSet<>();
        members().stream()
                .filter(other -> other.priority() > 0 && !other.name().equals(settings.name()))
                .forEach(other -> others.add(other.name()));
        if (others.isEmpty()) {
            return;
        }
        try {
            transferTo(() -> without(others, leaving.get()), limit)
                    .orTimeout(limit.toMillis() + 1000, TimeUnit.MILLISECONDS)
                    .join();
        } catch (RuntimeException e) {
            // The others elect a master as soon as this node is gone.
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            log.log("not-handed-over", "node", settings.name(), "reason", String.valueOf(cause.getMessage()));
        }
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /** Closes the environment and opens it again. */
    public void reopen(String reason) {
        Membership member = membership;
        if (member != null) {
            member.reopen(reason);
        }
    }

    @Override
    public void joined() {
        written(() -> home.joined(settings.group(), settings.name()));
        written(() -> home.rememberAddress(settings.address()));
        log.log("joined", "node", settings.name(), "group", settings.group());
    }

    @Override
    public void state(NodeState state, String leading) {
        boolean changed = !leading.equals(master) || state != lastTold;
        master = leading;
        lastTold = state;
        elections.state(state, leading);
        if (changed) {
            log.log("role", "node", settings.name(), "role", state.name().toLowerCase(Locale.ROOT), "master", leading);
        }
        if (state != NodeState.STARTING) {
            written(() -> home.joined(settings.group(), settings.name()));
            rememberBuddies();
            settled.countDown();
        }
    }

    // The membership's thread alone.
    private NodeState lastTold = NodeState.STARTING;

    private List<MemberRecord> membersSoFar() {
        try {
            return store().membersSoFar();
        } catch (UnavailableException e) {
            return List.of();
        }
    }

    private void rememberBuddies() {
        List<HostPort> others = membersSoFar().stream()
                .filter(member -> !member.name().equals(settings.name()))
                .map(member -> HostPort.parse(member.address()))
                .toList();
        if (!others.isEmpty()) {
            written(() -> home.remember(others));
        }
    }

    /** It is told again and again: a disk that is full now does no harm. */
    private void written(Runnable write) {
        try {
            write.run();
        } catch (UncheckedIOException e) {
            log.log("home-not-written", "node", settings.name(), "reason", String.valueOf(e.getCause()));
        }
    }

    @Override
    public void event(String name, Object... keysAndValues) {
        Object[] all = new Object[keysAndValues.length + 2];
        all[0] = "node";
        all[1] = settings.name();
        System.arraycopy(keysAndValues, 0, all, 2, keysAndValues.length);
        log.log(name, all);
    }

    @Override
    public void failed(String reason) {
        settled.countDown();
        failed.accept(reason);
    }

    @Override
    public void close() {
        closing = true;
        settled.countDown();
        Membership member = membership;
        if (member != null) {
            member.close();
        }
        transport.tls().ifPresent(NodeTls::close);
    }
}
