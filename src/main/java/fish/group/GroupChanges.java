package fish.group;

import fish.kv.Asker;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.store.RemovedRecord;
import fish.store.Store;
import fish.store.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes back-ends out of the group, one after the other. What counts is a record in the group's own tables,
 * one commit of a majority: from then on admission keeps the node out, and the node itself, which follows
 * while it lives, learns it and leaves. Only when it has left does JE forget it, since JE would not let go
 * of one that is connected; and only while a majority of those that stay is connected, since JE changes its
 * picture of the group first and asks for a majority afterwards. Should the master fall in between, or between
 * JE's own two commits, the next one goes on from the record.
 *
 * <p>Every method blocks. For one thread.
 */
public final class GroupChanges {
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration COMMIT_MAX = Duration.ofSeconds(15);

    private final String self;
    private final Supplier<Optional<Mastership>> mastership;
    private final Consumer<String> reopen;
    private final Consumer<String> leaveOffice;
    private final GroupEvents events;
    private final Clock clock;

    /**
     * @param self this node's name
     * @param mastership this node's, while it has it
     * @param reopen has the environment opened again, for a reason
     * @param leaveOffice has this node hand the mastership over, if there is somebody, for a reason
     */
    public GroupChanges(
            String self,
            Supplier<Optional<Mastership>> mastership,
            Consumer<String> reopen,
            Consumer<String> leaveOffice,
            GroupEvents events,
            Clock clock) {
        this.self = self;
        this.mastership = mastership;
        this.reopen = reopen;
        this.leaveOffice = leaveOffice;
        this.events = events;
        this.clock = clock;
    }

    /** How a removal ended. */
    public enum End {
        /** The node is out, its name and its address are free. */
        DONE,
        /** The node is out for good, and will be counted no more as soon as that can be. */
        DECIDED,
        NO_SUCH_NODE,
        /** It must not be, as things are. */
        CONFLICT,
        /** As {@link Result#failure} says. */
        FAILED
    }

    /**
     * @param detail in words; empty where there is nothing to say
     * @param failure of a removal that failed
     */
    public record Result(End end, String detail, Optional<Outcome> failure) {
        private static Result of(End end, String detail) {
            return new Result(end, detail, Optional.empty());
        }
    }

    /**
     * Removes a back-end, if whoever asks still may: they may have waited for their turn.
     *
     * @param force even if the group cannot write any more until another of its nodes is back
     * @param deadlineNanos how long to wait for it to be counted no more
     */
    public Result remove(String name, boolean force, Asker asker, long deadlineNanos) {
        Optional<Failure> gone = asker.refusalByNow();
        if (gone.isPresent()) {
            return failed(new Outcome.Refused(gone.get()));
        }
        Optional<Mastership> held = mastership.get();
        if (held.isEmpty()) {
            return failed(Outcome.refused(Reason.NOT_MASTER, "this node is not the master in office"));
        }
        try {
            return remove(held.get(), name, force, deadlineNanos);
        } catch (UnavailableException e) {
            return failed(new Outcome.Refused(e.failure()));
        }
    }

    private Result remove(Mastership held, String name, boolean force, long deadlineNanos) {
        List<Voters.Voter> voters = held.voters().all();
        Optional<Voters.Voter> voter = named(voters, name);
        if (voter.isEmpty()) {
            Optional<Voters.Voter> lingering = named(held.voters().lingering(), name);
            return lingering.isPresent()
                    ? decided(held, new RemovedRecord(name, lingering.get().id(), clock.millis()), deadlineNanos)
                    : forget(held, name);
        }
        if (name.equals(self)) {
            return Result.of(
                    End.CONFLICT, name + " is the master: hand the mastership over first, with POST /cluster/master");
        }
        long connected = connected(voters);
        if (connected < Voters.majority(voters.size())) {
            return failed(Outcome.refused(
                    Reason.NO_QUORUM, connected + " of " + voters.size() + " back-ends are connected, no majority"));
        }
        long staying = connected - (voter.get().connected() ? 1 : 0);
        int needed = Voters.majority(voters.size() - 1);
        if (staying < needed && !force) {
            return Result.of(
                    End.CONFLICT,
                    "without " + name + ", " + staying + " of " + (voters.size() - 1)
                            + " back-ends would be connected and " + needed
                            + " are needed: nothing could be written (?force removes it all the same)");
        }
        return decided(held, new RemovedRecord(name, voter.get().id(), clock.millis()), deadlineNanos);
    }

    /** Writes down that it is out, which nothing undoes, and does what can be done until the deadline. */
    private Result decided(Mastership held, RemovedRecord record, long deadlineNanos) {
        Optional<Outcome> failure = written(held, record);
        if (failure.isPresent()) {
            return failed(failure.get());
        }
        events.event("removing", "back-end", record.name(), "id", record.id());
        return finish(held, record, deadlineNanos)
                ? Result.of(End.DONE, "")
                : Result.of(
                        End.DECIDED, "it is still counted among the voters, until a majority of the others is there");
    }

    /** A name that is written down and is nobody's. */
    private Result forget(Mastership held, String name) {
        boolean known = held.pen().store().members().stream()
                .anyMatch(member -> member.name().equals(name));
        if (!known) {
            return Result.of(End.NO_SUCH_NODE, "no node " + name);
        }
        held.pen().group().forget(name);
        return Result.of(End.DONE, "");
    }

    private static Optional<Outcome> written(Mastership held, RemovedRecord record) {
        try {
            return held.pen()
                    .group()
                    .remove(record)
                    .orTimeout(COMMIT_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            return Optional.of(Outcome.unknown(Reason.UNKNOWN_OUTCOME, "the master's pen did not answer in time"));
        }
    }

    /** Until JE counts it no more; false if that cannot be before the deadline. */
    private boolean finish(Mastership held, RemovedRecord record, long deadlineNanos) {
        while (isInOffice(held)) {
            Voters.Deletion deletion = step(held, record);
            if (deletion == Voters.Deletion.DONE) {
                return true;
            }
            // After a failure JE's picture of the group is not to be believed before it was opened anew.
            if (deletion == Voters.Deletion.FAILED || System.nanoTime() - deadlineNanos >= 0) {
                return false;
            }
            LockSupport.parkNanos(TICK.toNanos());
        }
        return false;
    }

    private boolean isInOffice(Mastership held) {
        return mastership.get().filter(now -> now.pen().equals(held.pen())).isPresent();
    }

    /** {@code CONNECTED}: not yet, for that or for want of a majority. */
    private Voters.Deletion step(Mastership held, RemovedRecord record) {
        List<Voters.Voter> voters = held.voters().all();
        Optional<Voters.Voter> voter = named(voters, record.name()).filter(one -> one.id() <= record.id());
        Optional<Voters.Voter> left =
                voter.or(() -> named(held.voters().lingering(), record.name())).filter(one -> one.id() <= record.id());
        if (left.isEmpty()) {
            return Voters.Deletion.DONE;
        }
        int staying = voters.size() - (voter.isPresent() ? 1 : 0);
        if (left.get().connected() || connected(voters) < Voters.majority(staying)) {
            return Voters.Deletion.CONNECTED;
        }
        Voters.Deletion deletion = held.voters().delete(record.name());
        if (deletion == Voters.Deletion.FAILED) {
            reopen.accept("a change of the group failed, of which nothing may be left behind");
        }
        if (deletion == Voters.Deletion.DONE) {
            // It may have announced itself until it left.
            held.pen().group().forget(record.name());
            events.event("removed", "back-end", record.name(), "id", record.id(), "voters", staying);
        }
        return deletion;
    }

    private static Optional<Voters.Voter> named(List<Voters.Voter> voters, String name) {
        return voters.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    private static long connected(List<Voters.Voter> voters) {
        return voters.stream().filter(Voters.Voter::connected).count();
    }

    /** Goes on with what is decided and not done, by this master or one before; to be called now and then. */
    public void resume() {
        Optional<Mastership> held = mastership.get();
        if (held.isEmpty()) {
            return;
        }
        try {
            Store store = held.get().pen().store();
            List<Voters.Voter> left = new ArrayList<>(held.get().voters().all());
            left.addAll(held.get().voters().lingering());
            for (Voters.Voter voter : left) {
                Optional<RemovedRecord> removed =
                        store.removed(voter.name()).filter(record -> voter.id() <= record.id());
                if (removed.isPresent() && voter.name().equals(self)) {
                    // Elected before it had learnt that; as a replica it leaves by itself.
                    leaveOffice.accept("this node was removed from the group");
                    return;
                }
                if (removed.isPresent()
                        && isInOffice(held.get())
                        && step(held.get(), removed.get()) == Voters.Deletion.FAILED) {
                    return;
                }
            }
        } catch (UnavailableException e) {
            // The mastership is being left.
        }
    }

    private static Result failed(Outcome outcome) {
        return new Result(End.FAILED, "", Optional.of(outcome));
    }
}
