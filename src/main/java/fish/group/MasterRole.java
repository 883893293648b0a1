package fish.group;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Durability;
import fish.store.MasterRecord;
import fish.store.MemberRecord;
import fish.store.Store;
import fish.store.UnavailableException;
import fish.store.master.MasterReads;
import fish.store.master.Pen;
import fish.store.master.PenLimits;
import fish.store.master.PenStats;
import fish.store.master.Quorum;
import fish.store.master.TermCommits;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How a back-end would serve as master.
 *
 * @param self what others are told of it
 * @param durability of writes that do not say
 * @param limits of its pen
 * @param clock from which TTLs count
 * @param stats where its pens count what they do
 */
public record MasterRole(MemberRecord self, Durability durability, PenLimits limits, Clock clock, PenStats stats) {
    private static final long PAUSE_NANOS = 50_000_000;

    /** One whose counts nobody asks for. */
    public MasterRole(MemberRecord self, Durability durability, PenLimits limits, Clock clock) {
        this(self, durability, limits, clock, new PenStats());
    }

    /**
     * Commits what begins a term, trying until it is passed or {@code interrupted}. Blocks.
     *
     * @param interrupted whether something else has come up, such as another master
     * @param broken told if the pen cannot go on
     * @return empty if it was interrupted; else the pen is still to be started
     */
    Optional<Mastership> takeOver(
            ReplicatedEnvironment environment,
            Store store,
            Quorum quorum,
            BooleanSupplier interrupted,
            GroupEvents events,
            Consumer<Throwable> broken) {
        TermCommits gate = new TermCommits(environment, store);
        String told = "";
        while (!interrupted.getAsBoolean()) {
            try {
                MasterRecord masterRecord = gate.begin(self);
                events.event(
                        "took-office", "term", masterRecord.term(), "first-revision", masterRecord.firstRevision());
                Pen pen = new Pen(
                        environment,
                        store,
                        masterRecord.lastRevision(),
                        durability,
                        limits,
                        quorum,
                        clock,
                        stats,
                        broken);
                return Optional.of(
                        new Mastership(masterRecord, pen, new MasterReads(pen, self.name()), new Voters(environment)));
            } catch (DatabaseException | UnavailableException e) {
                // JE waits by itself before it throws for want of nodes.
                String reason = Opening.explain(e);
                if (!reason.equals(told)) {
                    events.event("gate-not-passed", "reason", reason);
                    told = reason;
                }
                if (!environment.isValid()) {
                    broken.accept(e);
                    return Optional.empty();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return Optional.empty();
    }
}
