package fish.testing.history;

import fish.testing.history.RegisterOp.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one register does with an operation. Its state is the index of the write whose record is there,
 * or {@link #ABSENT}. The revision of a write whose answer was lost is learned from whoever read its
 * value; while nobody did, it can be any that belongs to no other write.
 */
final class RegisterModel {
    static final int ABSENT = -1;
    /** The operation cannot take effect in this state. */
    static final int IMPOSSIBLE = -2;

    private final List<RegisterOp> ops;
    private final boolean blind;
    private final long[] revisions;
    private final Set<Long> known = new HashSet<>();

    /** @param blind reads are compared by value alone, and no revision tells an order */
    RegisterModel(List<RegisterOp> ops, boolean blind) {
        this.ops = ops;
        this.blind = blind;
        this.revisions = new long[ops.size()];
        learnRevisions();
    }

    /** Of a write, as far as it is known; else 0. */
    long revision(int op) {
        return revisions[op];
    }

    /** The state after {@code op}, or {@link #IMPOSSIBLE}. */
    int apply(int state, int op) {
        RegisterOp it = ops.get(op);
        return switch (it.ending()) {
            case DONE -> it.kind() == Kind.READ ? (reads(state, it) ? state : IMPOSSIBLE) : change(state, op, it);
            case UNKNOWN -> change(state, op, it);
            case MISSING -> state == ABSENT ? state : IMPOSSIBLE;
            case CONDITION_FAILED -> refuses(state, it) ? state : IMPOSSIBLE;
            case NOT_APPLIED -> IMPOSSIBLE;
        };
    }

    private int change(int state, int op, RegisterOp it) {
        if (!holds(state, it.ifRevision())) {
            return IMPOSSIBLE;
        }
        if (it.kind() == Kind.PUT) {
            return op;
        }
        return state == ABSENT ? IMPOSSIBLE : ABSENT;
    }

    private boolean reads(int state, RegisterOp read) {
        return state != ABSENT
                && ops.get(state).value().equals(read.value())
                && (blind || mayBe(state, read.revision()));
    }

    private boolean refuses(int state, RegisterOp it) {
        if (state == ABSENT) {
            return it.ifRevision() != RegisterOp.ABSENT && it.revision() == 0;
        }
        boolean mayFail = it.ifRevision() == RegisterOp.ABSENT || it.ifRevision() != revisions[state];
        boolean told = blind || it.revision() == 0 || mayBe(state, it.revision());
        return mayFail && told && it.ifRevision() != RegisterOp.ANY && it.ifRevision() != it.revision();
    }

    private boolean holds(int state, long ifRevision) {
        if (ifRevision == RegisterOp.ANY) {
            return true;
        }
        if (ifRevision == RegisterOp.ABSENT) {
            return state == ABSENT;
        }
        return state != ABSENT && mayBe(state, ifRevision);
    }

    private boolean mayBe(int write, long revision) {
        return revisions[write] == 0 ? !known.contains(revision) : revisions[write] == revision;
    }

    private void learnRevisions() {
        Map<String, Integer> unknownByValue = new HashMap<>();
        for (int i = 0; i < ops.size(); i++) {
            RegisterOp op = ops.get(i);
            if (op.isAcknowledgedWrite()) {
                revisions[i] = op.revision();
                known.add(op.revision());
            } else if (op.isUnknown() && op.kind() == Kind.PUT) {
                unknownByValue.put(op.value(), i);
            }
        }
        for (RegisterOp op : ops) {
            if (op.kind() == Kind.READ && op.ending() == Ending.DONE && !known.contains(op.revision())) {
                Integer write = unknownByValue.get(op.value());
                if (write != null) {
                    revisions[write] = op.revision();
                    known.add(op.revision());
                }
            }
        }
    }
}
