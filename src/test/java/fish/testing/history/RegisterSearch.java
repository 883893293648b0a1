package fish.testing.history;

import fish.testing.history.LinearizabilityChecker.Order;
import fish.testing.history.RegisterOp.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The search for an order of one key's operations.
 *
 * <p>A node is the set of operations that took effect and the state they left; its candidates are the
 * operations that were called before the first of the rest returned. Three things keep it small: an
 * operation that changes nothing and fits is taken at once, for it can do no harm; writes of unknown
 * outcome are tried last; and no node is entered twice.
 */
final class RegisterSearch {
    private static final int EXPLAINED_MAX = 12;

    private final List<RegisterOp> ops;
    private final RegisterModel model;
    private final int triesMax;
    private final BitSet done = new BitSet();
    private final int[] ordinals;
    private final BitSet certainDone = new BitSet();
    private final BitSet unknownDone = new BitSet();
    private final Set<Node> seen = new HashSet<>();
    private final Deque<Frame> path = new ArrayDeque<>();
    private final int[] byRevision;
    private final int known;
    private int knownDone;
    private int revisionsDone;
    private int state = RegisterModel.ABSENT;
    private int deepest = -1;
    private String stuck = "";

    /** What was done, without repeating the long run of certain operations that all are. */
    private record Node(int firstOpen, BitSet certainAfter, BitSet unknownDone, int state) {}

    /** Where the search stood, what it could do there, and what it has tried of that. */
    private static final class Frame {
        private final int[] candidates;
        private final int state;
        private int next;

        Frame(int[] candidates, int state) {
            this.candidates = candidates;
            this.state = state;
        }

        int taken() {
            return candidates[next - 1];
        }
    }

    /** @param ops in the order of their calls, none that was not applied */
    RegisterSearch(List<RegisterOp> ops, RegisterModel model, Order order, int triesMax) {
        this.ops = ops;
        this.model = model;
        this.triesMax = triesMax;
        this.known = (int) ops.stream().filter(op -> !op.isUnknown()).count();
        this.ordinals = ordinals();
        this.byRevision = order == Order.BLIND ? new int[0] : writesByRevision();
    }

    Verdict run() {
        path.push(new Frame(candidates(), state));
        while (knownDone < known) {
            Frame frame = path.getFirst();
            if (seen.size() >= triesMax) {
                return Verdict.undecided("gave up after " + triesMax + " states; deepest:\n" + stuck);
            } else if (frame.next < frame.candidates.length) {
                step(frame.candidates[frame.next++]);
            } else {
                explain();
                path.pop();
                if (path.isEmpty()) {
                    return Verdict.violated("no order explains what was seen:\n" + stuck);
                }
                takeBack(path.getFirst());
            }
        }
        return Verdict.correct();
    }

    private void step(int op) {
        int before = state;
        int after = model.apply(state, op);
        mark(op, true);
        state = after;
        if (after != before && !seen.add(node())) {
            mark(op, false);
            state = before;
            return;
        }
        path.push(new Frame(candidates(), state));
    }

    private void takeBack(Frame frame) {
        mark(frame.taken(), false);
        state = frame.state;
    }

    private void mark(int op, boolean isDone) {
        int step = isDone ? 1 : -1;
        done.set(op, isDone);
        (ops.get(op).isUnknown() ? unknownDone : certainDone).set(ordinals[op], isDone);
        knownDone += ops.get(op).isUnknown() ? 0 : step;
        boolean ordered = model.revision(op) > 0 && byRevision.length > 0;
        revisionsDone += ordered ? step : 0;
    }

    private Node node() {
        int open = certainDone.nextClearBit(0);
        BitSet after = certainDone.get(open, Math.max(open, certainDone.length()));
        return new Node(open, after, (BitSet) unknownDone.clone(), state);
    }

    private int[] ordinals() {
        int[] result = new int[ops.size()];
        int unknown = 0;
        for (int i = 0; i < result.length; i++) {
            result[i] = ops.get(i).isUnknown() ? unknown++ : i - unknown;
        }
        return result;
    }

    private int[] candidates() {
        IntStream.Builder certain = IntStream.builder();
        IntStream.Builder unknown = IntStream.builder();
        long firstReturn = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < ops.size(); i = done.nextClearBit(i + 1)) {
            RegisterOp op = ops.get(i);
            if (op.invoked() > firstReturn) {
                break;
            }
            firstReturn = op.isUnknown() ? firstReturn : Math.min(firstReturn, op.returned());
            int after = model.apply(state, i);
            if (after == RegisterModel.IMPOSSIBLE || outOfOrder(i)) {
                continue;
            }
            if (changesNothing(op)) {
                return new int[] {i};
            }
            (op.isUnknown() ? unknown : certain).add(i);
        }
        return IntStream.concat(certain.build(), unknown.build()).toArray();
    }

    private static boolean changesNothing(RegisterOp op) {
        return op.kind() == Kind.READ || op.ending() == Ending.MISSING || op.ending() == Ending.CONDITION_FAILED;
    }

    private boolean outOfOrder(int op) {
        return byRevision.length > 0 && model.revision(op) > 0 && byRevision[revisionsDone] != op;
    }

    private int[] writesByRevision() {
        return IntStream.range(0, ops.size())
                .filter(op -> model.revision(op) > 0)
                .boxed()
                .sorted(Comparator.comparingLong(model::revision))
                .mapToInt(op -> op)
                .toArray();
    }

    private void explain() {
        if (knownDone <= deepest) {
            return;
        }
        deepest = knownDone;
        List<String> lines = new ArrayList<>();
        lines.add(knownDone + " of " + known + " fit; then the key holds "
                + (state == RegisterModel.ABSENT ? "nothing" : ops.get(state)) + ", and next would be");
        long firstReturn = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < ops.size(); i = done.nextClearBit(i + 1)) {
            RegisterOp op = ops.get(i);
            if (op.invoked() > firstReturn || lines.size() > EXPLAINED_MAX) {
                break;
            }
            firstReturn = op.isUnknown() ? firstReturn : Math.min(firstReturn, op.returned());
            lines.add("  " + op);
        }
        stuck = String.join("\n", lines);
    }
}
