package fish.testing.history;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether transactions are strictly serializable in the order that their revisions state: each sees
 * exactly the state that the revisions before its own left, all of it, and what returned before it was
 * called lies before it. Reads that are not strong may see the past, but one state of it. Keys start
 * absent; the values put to one key must differ. Stateless.
 *
 * <p>A transaction of unknown outcome counts once anyone strongly saw a value of it, and then whole.
 * Where reads that are not strong alone saw it, it may have been rolled back; such a read is left out. The checker is exact where every read tells its revision; a read that tells none is only
 * required to fit some state that is late enough for it.
 */
public final class TransactionChecker {
    /** Explains the first transaction, by revision, that does not fit. */
    public Verdict check(List<TxnOp> history) {
        Versions versions = new Versions();
        String clash = commit(history, versions);
        if (clash.isEmpty()) {
            clash = order(history);
        }
        if (clash.isEmpty()) {
            clash = reads(history, versions);
        }
        return clash.isEmpty() ? Verdict.correct() : Verdict.violated(clash);
    }

    private static String commit(List<TxnOp> history, Versions versions) {
        Map<Long, TxnOp> commits = new TreeMap<>();
        for (TxnOp txn : history) {
            if (!txn.isDone() || !txn.writes()) {
                continue;
            }
            TxnOp other = commits.put(txn.revision(), txn);
            if (other != null) {
                return "one revision for two transactions:\n  " + other + "\n  " + txn;
            }
            versions.add(txn, txn.revision());
        }
        for (TxnOp unknown : history) {
            if (unknown.ending() != Ending.UNKNOWN) {
                continue;
            }
            long revision = revisionSeen(unknown, history);
            if (revision > 0) {
                TxnOp other = commits.put(revision, unknown);
                if (other != null) {
                    return "two transactions seen at revision " + revision + ":\n  " + other + "\n  " + unknown;
                }
                versions.add(unknown, revision);
            } else {
                versions.addDoubt(unknown);
            }
        }
        return "";
    }

    private static long revisionSeen(TxnOp unknown, List<TxnOp> history) {
        for (TxnOp reader : history) {
            if (!reader.isDone() || !reader.strong()) {
                continue;
            }
            for (Map.Entry<String, Seen> read : reader.reads().entrySet()) {
                Seen seen = read.getValue();
                if (seen.isRecord() && seen.value().equals(unknown.puts().get(read.getKey()))) {
                    return seen.revision();
                }
            }
        }
        return 0;
    }

    /** Real time: whoever strongly saw or made a revision is not followed by one that is older. */
    private static String order(List<TxnOp> history) {
        List<TxnOp> strong =
                history.stream().filter(TransactionChecker::isOrdered).toList();
        List<TxnOp> byCall =
                strong.stream().sorted(Comparator.comparingLong(TxnOp::invoked)).toList();
        List<TxnOp> byReturn = strong.stream()
                .sorted(Comparator.comparingLong(TxnOp::returned))
                .toList();
        Optional<TxnOp> newest = Optional.empty();
        int returned = 0;
        for (TxnOp txn : byCall) {
            while (byReturn.get(returned).returned() < txn.invoked()) {
                TxnOp earlier = byReturn.get(returned++);
                newest =
                        newest.filter(it -> it.revision() >= earlier.revision()).or(() -> Optional.of(earlier));
            }
            long least = newest.map(TxnOp::revision).orElse(0L);
            if (txn.revision() < least || (txn.writes() && txn.revision() == least)) {
                return "revisions go back:\n  " + newest.map(TxnOp::toString).orElse("") + "\nhad returned before\n  "
                        + txn;
            }
        }
        return "";
    }

    private static boolean isOrdered(TxnOp txn) {
        return txn.isDone() && txn.revision() > 0 && (txn.strong() || txn.writes());
    }

    private static String reads(List<TxnOp> history, Versions versions) {
        List<TxnOp> byRevision = history.stream()
                .filter(txn -> txn.isDone() && !txn.reads().isEmpty())
                .filter(txn -> txn.strong() || !versions.holdsDoubt(txn))
                .sorted(Comparator.comparingLong(TxnOp::revision))
                .toList();
        for (TxnOp txn : byRevision) {
            String clash = txn.revision() > 0 ? readsAt(txn, versions) : readsSomewhere(txn, history, versions);
            if (!clash.isEmpty()) {
                return clash;
            }
        }
        return "";
    }

    private static String readsAt(TxnOp txn, Versions versions) {
        long state = txn.writes() ? txn.revision() - 1 : txn.revision();
        for (Map.Entry<String, Seen> read : txn.reads().entrySet()) {
            if (!versions.fits(read.getKey(), state, read.getValue())) {
                return "at revision " + state + " " + read.getKey() + " is " + versions.at(read.getKey(), state)
                        + ", not what was read there:\n  " + txn;
            }
        }
        return "";
    }

    private static String readsSomewhere(TxnOp txn, List<TxnOp> history, Versions versions) {
        long least = 0;
        for (TxnOp earlier : history) {
            if (txn.strong() && isOrdered(earlier) && earlier.returned() < txn.invoked()) {
                least = Math.max(least, earlier.revision());
            }
        }
        for (long state : versions.statesFrom(least)) {
            boolean fits = true;
            for (Map.Entry<String, Seen> read : txn.reads().entrySet()) {
                fits &= versions.fits(read.getKey(), state, read.getValue());
            }
            if (fits) {
                return "";
            }
        }
        return "no one state from revision " + least + " on holds all that was read:\n  " + txn;
    }
}
