package fish.testing.load;

import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.history.Ending;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that work until their number of operations or the load's time is used up. What breaks the
 * contract on its face (a failed write without its outcome, a status that nothing explains) becomes a
 * complaint. One thread starts and awaits it.
 */
public abstract class Workload implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(10);
    private static final int COMPLAINTS_MAX = 100;

    private final Load load;
    private final List<HttpProbe> probes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final AtomicLong succeeded = new AtomicLong();
    private volatile boolean stopped;

    Workload(Load load) {
        this.load = load;
        HttpProbe first = load.fronts().get(0).own(load.timeout().plus(GRACE));
        load.fronts().forEach(front -> probes.add(first.at(front.base())));
    }

    /** One operation, or a few that belong together. */
    abstract void step(Client client) throws IOException;

    /** What must be there before the clients start. */
    void prepare(Client client) throws IOException {}

    /**
     * Prepares and starts the clients.
     *
     * @throws IOException if the first front-end cannot be reached
     */
    public final void start() throws IOException {
        prepare(client(-1));
        long deadline = System.nanoTime() + load.length().toNanos();
        for (int i = 0; i < load.clients(); i++) {
            Client client = client(i);
            Thread thread = new Thread(() -> work(client, deadline), getClass().getSimpleName() + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Waits until all clients are done; fails if they outlast the load's length and one timeout. */
    public final void await() {
        Duration longest = load.length().plus(load.timeout()).plus(GRACE.multipliedBy(3));
        long deadline = System.nanoTime() + longest.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
                if (thread.isAlive()) {
                    throw new AssertionError(thread.getName() + " does not end within " + longest);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for clients", e);
        }
    }

    /** {@link #start} and {@link #await}. */
    public final void run() throws IOException {
        start();
        await();
    }

    /** Operations that were answered as asked for. */
    public final long succeeded() {
        return succeeded.get();
    }

    /** The first {@value #COMPLAINTS_MAX} breaks of the contract; good runs have none. */
    public final List<String> complaints() {
        synchronized (complaints) {
            return List.copyOf(complaints);
        }
    }

    /** No operation begins any more. */
    public final void stop() {
        stopped = true;
    }

    @Override
    public final void close() {
        stop();
        await();
    }

    final Load load() {
        return load;
    }

    final Client client(int number) {
        String timeout = load.timeout().toMillis() + "ms";
        return new Client(number, load.seed(), probes, timeout);
    }

    final void complain(String what) {
        synchronized (complaints) {
            if (complaints.size() < COMPLAINTS_MAX) {
                complaints.add(what);
            }
        }
    }

    /** How a PUT, DELETE or transaction ended, by its answer. */
    final Ending ending(HttpAnswer answer) {
        if (answer.isSuccess()) {
            succeeded.incrementAndGet();
            return Ending.DONE;
        }
        if (answer.status() == 412) {
            return Ending.CONDITION_FAILED;
        }
        if (answer.status() == 404) {
            return Ending.MISSING;
        }
        if (answer.status() != 503 && answer.status() != 504 && answer.status() != 429) {
            complain("unexpected: " + answer);
        }
        return switch (answer.outcome()) {
            case "not-applied" -> Ending.NOT_APPLIED;
            case "unknown" -> Ending.UNKNOWN;
            default -> {
                complain("no outcome: " + answer);
                yield Ending.UNKNOWN;
            }
        };
    }

    /** How a write ended that got no answer. */
    static Ending ending(IOException failure) {
        boolean unsent = failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
        return unsent ? Ending.NOT_APPLIED : Ending.UNKNOWN;
    }

    private void work(Client client, long deadline) {
        for (int i = 0; i < load.opsMax() && !stopped && System.nanoTime() - deadline < 0; i++) {
            try {
                step(client);
            } catch (IOException e) {
                // A read without an answer says nothing; do not spin while a node is away.
                Eventually.pause(PAUSE_AFTER_FAILURE);
            } catch (RuntimeException e) {
                complain("client " + client.number() + ": " + e);
            }
        }
    }
}
