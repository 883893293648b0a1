package fish.back;

import fish.contract.NodeState;
import fish.group.Mastership;
import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.Write;
import fish.node.GroupMember;
import fish.run.Guard;
import fish.store.replica.LocalReads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The store on a back-end: the master's pen and data while it serves as master, else where the master is. */
final class BackService implements Service, AutoCloseable {
    private static final Duration ASK_MASTER = Duration.ofSeconds(1);

    private final GroupMember groupMember;
    private final FullDisks fullDisks;
    private final LocalReads local;
    private final MasterOverHttp masterElsewhere;
    private final Supplier<String> proof;

    /**
     * @param node this node's name
     * @param proof what the node shows to others of its group; empty where it has nothing to show
     */
    BackService(GroupMember groupMember, FullDisks fullDisks, String node, Supplier<String> proof) {
        this.proof = proof;
        this.groupMember = groupMember;
        this.fullDisks = fullDisks;
        this.masterElsewhere = new MasterOverHttp(groupMember.transport(), ASK_MASTER);
        this.local = new LocalReads(groupMember::store, node, this::askMaster);
    }

    /** How old what this node holds can be; 0 on the master, NaN where that is not known. */
    double lagSeconds() {
        return groupMember.mastership().isPresent() ? 0 : local.lagSeconds();
    }

    void start(Guard guard) {
        local.start(guard);
    }

    @Override
    public void write(Write write, Consumer<? super Outcome> answer) {
        Optional<Mastership> mastership = groupMember.mastership();
        Optional<Failure> full = fullDisks.refusal();
        if (mastership.isPresent() && full.isPresent()) {
            answer.accept(new Outcome.Refused(full.get()));
        } else if (mastership.isPresent()) {
            mastership.get().pen().write(write, answer);
        } else {
            answer.accept(new Outcome.Refused(notHere()));
        }
    }

    @Override
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        if (read.consistency() == Consistency.LOCAL) {
            local.read(read, answer);
        } else {
            readHere(read, answer);
        }
    }

    private void readHere(Read read, Consumer<? super ReadOutcome> answer) {
        Optional<Mastership> mastership = groupMember.mastership();
        if (mastership.isPresent()) {
            mastership.get().reads().read(read, answer);
        } else {
            answer.accept(new ReadOutcome.Failed(notHere()));
        }
    }

    /** For the replica's age, a strong read of nothing. */
    private void askMaster(Read read, Consumer<? super ReadOutcome> answer) {
        String http = groupMember.masterHttp();
        if (groupMember.mastership().isPresent() || http.isEmpty()) {
            readHere(read, answer);
        } else {
            masterElsewhere.ask(http, proof.get(), answer);
        }
    }

    /**
     * What a strong read shows at the node that is master there; an exception where none answers.
     *
     * @param shown in place of this node's own proof, which it has only once it is filled
     */
    CompletableFuture<Long> masterRevision(String http, String shown) {
        CompletableFuture<Long> revision = new CompletableFuture<>();
        masterElsewhere.ask(http, shown, outcome -> {
            if (outcome instanceof ReadOutcome.Found found) {
                revision.complete(found.result().revision());
            } else {
                revision.completeExceptionally(new IllegalStateException(outcome.toString()));
            }
        });
        return revision;
    }

    private Failure notHere() {
        if (groupMember.state() == NodeState.STARTING) {
            return new Failure(Reason.STARTING, "this node is taking its place in the group");
        }
        String master = groupMember.master();
        String detail = master.isEmpty() ? "this node knows no master" : "the master is " + master;
        return new Failure(Reason.NOT_MASTER, detail, groupMember.masterHttp());
    }

    @Override
    public void close() {
        local.close();
    }
}
