package fish.testing.history;

import fish.testing.history.RegisterOp.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A correct register under concurrent clients in simulated time: each operation takes effect at a
 * random moment between its call and its return, or, its answer lost, at any later moment or never.
 */
final class SimulatedRegister {
    private static final int LATER_MAX = 5_000;

    private final Random random;
    private final int unknownPercent;
    private final PriorityQueue<Pending> queue = new PriorityQueue<>(Comparator.comparingLong(Pending::effect));
    private final List<RegisterOp> history = new ArrayList<>();
    private String value = "";
    private long revision;
    private long lastRevision = 100;

    private record Pending(int client, int number, Ending fate, long invoked, long effect, long returned) {}

    SimulatedRegister(long seed, int unknownPercent) {
        this.random = new Random(seed);
        this.unknownPercent = unknownPercent;
    }

    /** The history of {@code opsMax} operations, in the order of their calls. */
    List<RegisterOp> run(int clients, int opsMax) {
        for (int client = 0; client < clients; client++) {
            long now = random.nextInt(100);
            for (int i = client; i < opsMax; i += clients) {
                long returned = now + 2 + random.nextInt(100);
                long effect = now + 1 + random.nextInt((int) (returned - now));
                Ending fate = fate();
                if (fate == Ending.UNKNOWN) {
                    effect = now + random.nextInt(LATER_MAX);
                }
                queue.add(new Pending(client, i, fate, now, effect, returned));
                now = returned + 1 + random.nextInt(30);
            }
        }
        while (!queue.isEmpty()) {
            takeEffect(queue.remove());
        }
        history.sort(Comparator.comparingLong(RegisterOp::invoked));
        return history;
    }

    private Ending fate() {
        int dice = random.nextInt(100);
        return dice < unknownPercent ? Ending.UNKNOWN : dice < unknownPercent + 4 ? Ending.NOT_APPLIED : Ending.DONE;
    }

    private void takeEffect(Pending op) {
        int dice = random.nextInt(10);
        Kind kind = dice < 5 ? Kind.READ : dice < 9 ? Kind.PUT : Kind.DELETE;
        if (kind == Kind.READ) {
            if (op.fate == Ending.DONE) {
                add(op, kind, RegisterOp.ANY, value, revision == 0 ? Ending.MISSING : Ending.DONE, revision);
            }
            return;
        }
        long ifRevision = random.nextBoolean() ? RegisterOp.ANY : revision - random.nextInt(2);
        ifRevision = Math.max(ifRevision, RegisterOp.ANY);
        String written = kind == Kind.PUT ? "v" + op.number : "";
        if (op.fate == Ending.NOT_APPLIED) {
            add(op, kind, ifRevision, written, op.fate, 0);
        } else if (ifRevision != RegisterOp.ANY && ifRevision != revision) {
            boolean told = op.fate == Ending.DONE;
            add(op, kind, ifRevision, written, told ? Ending.CONDITION_FAILED : op.fate, told ? revision : 0);
        } else if (kind == Kind.DELETE && revision == 0) {
            add(op, kind, ifRevision, written, op.fate == Ending.DONE ? Ending.MISSING : op.fate, 0);
        } else {
            change(op, kind, ifRevision, written);
        }
    }

    private void change(Pending op, Kind kind, long ifRevision, String written) {
        boolean lost = op.fate == Ending.UNKNOWN;
        if (!lost || random.nextBoolean()) {
            lastRevision += 1 + random.nextInt(3);
            revision = kind == Kind.PUT ? lastRevision : 0;
            value = written;
        }
        add(op, kind, ifRevision, written, op.fate, lost ? 0 : lastRevision);
    }

    private void add(Pending op, Kind kind, long ifRevision, String text, Ending ending, long seen) {
        history.add(new RegisterOp(op.client, "k", kind, ifRevision, text, ending, seen, op.invoked, op.returned));
    }
}
