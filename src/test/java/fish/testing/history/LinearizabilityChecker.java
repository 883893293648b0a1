package fish.testing.history;

import fish.testing.history.RegisterOp.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether the operations on each key could have happened one after the other, each at one moment
 * between its call and its return, as on a single register. Keys start absent. Values written to a key
 * must differ from each other. Stateless.
 *
 * <p>The search is that of Wing and Gong with Lowe's memory of what was tried. With {@link
 * Order#BY_REVISION} acknowledged writes may take effect in the order of their revisions only, which
 * Fish promises as well and which leaves next to nothing to search; {@link Order#BLIND} believes no
 * revision but those in conditions, and serves as the check of the other; it may give up where dozens of
 * outcomes are unknown.
 */
public final class LinearizabilityChecker {
    private static final int TRIES_MAX = 300_000;

    private final int triesMax;

    /** What the revisions are taken for. */
    public enum Order {
        BY_REVISION,
        BLIND
    }

    public LinearizabilityChecker() {
        this(TRIES_MAX);
    }

    /** @param triesMax states per key after which the search gives up: undecided */
    LinearizabilityChecker(int triesMax) {
        this.triesMax = triesMax;
    }

    /** Judges all keys; explains the worst key with the fewest operations. */
    public Verdict check(List<RegisterOp> history, Order order) {
        Map<String, List<RegisterOp>> keys =
                history.stream().collect(Collectors.groupingBy(RegisterOp::key, TreeMap::new, Collectors.toList()));
        List<List<RegisterOp>> bySize = new ArrayList<>(keys.values());
        bySize.sort(Comparator.comparingInt(List::size));
        Verdict worst = Verdict.correct();
        for (List<RegisterOp> ops : bySize) {
            Verdict verdict = checkKey(ops, order);
            if (verdict.kind() == Verdict.Kind.VIOLATED) {
                return verdict;
            }
            worst = worst.isCorrect() ? verdict : worst;
        }
        return worst;
    }

    private Verdict checkKey(List<RegisterOp> history, Order order) {
        List<RegisterOp> ops = history.stream()
                .filter(op -> op.ending() != Ending.NOT_APPLIED)
                .sorted(Comparator.comparingLong(RegisterOp::invoked))
                .toList();
        if (order == Order.BY_REVISION) {
            String disorder = disorder(ops);
            if (!disorder.isEmpty()) {
                return Verdict.violated(disorder);
            }
        }
        RegisterModel model = new RegisterModel(ops, order == Order.BLIND);
        Verdict verdict = new RegisterSearch(ops, model, order, triesMax).run();
        if (verdict.kind() != Verdict.Kind.VIOLATED) {
            return verdict;
        }
        return Verdict.violated(verdict.explanation() + refusedButSeen(history));
    }

    private static String disorder(List<RegisterOp> ops) {
        List<RegisterOp> told = ops.stream()
                .filter(op -> op.revision() > 0)
                .sorted(Comparator.comparingLong(RegisterOp::returned))
                .toList();
        RegisterOp highest = null;
        int returned = 0;
        for (RegisterOp op : ops) {
            while (returned < told.size() && told.get(returned).returned() < op.invoked()) {
                RegisterOp earlier = told.get(returned++);
                highest = highest == null || earlier.revision() > highest.revision() ? earlier : highest;
            }
            if (highest == null || op.revision() == 0) {
                continue;
            }
            boolean again = op.isAcknowledgedWrite() && op.revision() == highest.revision();
            if (op.revision() < highest.revision() || again) {
                return "revisions go back:\n  " + highest + "\nhad returned before\n  " + op;
            }
        }
        return twice(ops);
    }

    private static String twice(List<RegisterOp> ops) {
        Map<Long, RegisterOp> writes = new TreeMap<>();
        for (RegisterOp op : ops) {
            if (op.isAcknowledgedWrite()) {
                RegisterOp other = writes.put(op.revision(), op);
                if (other != null) {
                    return "one revision for two writes:\n  " + other + "\n  " + op;
                }
            }
        }
        return "";
    }

    private static String refusedButSeen(List<RegisterOp> history) {
        for (RegisterOp refused : history) {
            if (refused.ending() == Ending.NOT_APPLIED && refused.kind() == Kind.PUT) {
                for (RegisterOp read : history) {
                    if (read.kind() == Kind.READ && read.value().equals(refused.value())) {
                        return "\nnot applied, and seen all the same:\n  " + refused + "\n  " + read;
                    }
                }
            }
        }
        return "";
    }
}
