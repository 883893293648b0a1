package fish.tool.bench;

import fish.run.Threads;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread with its share of the connections. In the closed loop each connection sends as soon as it was answered; in
 * the open one requests become due one after the other at even distances, whatever the answers do, and wait for a free
 * connection where there is none: their latency counts from when they were due.
 */
final class Driver implements AutoCloseable {
    private static final int ANSWER_BUFFER = 64 << 10;
    private static final int EVENT_BUFFER = 4 << 10;
    private static final long TICK_NANOS_MIN = Duration.ofNanos(100_000).toNanos();
    private static final long CHECK_NANOS = Duration.ofMillis(100).toNanos();
    private static final int SELECT_MILLIS = 50;
    private static final long JOIN_MILLIS = 10_000;

    private final Plan plan;
    private final Script script;
    private final Recording recording;
    private final Selector selector;
    private final long intervalNanos;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Connection> watchers = new ArrayList<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Connection> broken = new ArrayDeque<>();
    private final Thread thread = Threads.daemon("fish-bench", this::run);
    private final Dialect dialect;
    private long due;
    private long checked;
    private boolean exhausted;
    private volatile boolean stopped;
    private volatile String trouble = "";

    /**
     * @param rate of this driver, in a second; 0: the closed loop
     * @param connectionCount of this driver
     */
    Driver(Plan plan, Dialect dialect, Script script, Recording recording, double rate, int connectionCount)
            throws IOException {
        this.plan = plan;
        this.dialect = dialect;
        this.script = script;
        this.recording = recording;
        this.intervalNanos = rate > 0 ? Math.max(1, (long) (1e9 / rate)) : 0;
        this.selector = Selector.open();
        for (int i = 0; i < connectionCount; i++) {
            connections.add(connection(i, AnswerParser.Sink.NONE, ANSWER_BUFFER));
        }
    }

    private Connection connection(int i, AnswerParser.Sink sink, int bufferBytes) throws IOException {
        var addresses = plan.target().addresses();
        return new Connection(addresses.get(i % addresses.size()), selector, sink, bufferBytes);
    }

    /** Before the start: connections that are told of changes. */
    void addWatchers(WatchScript watchScript, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            watchers.add(connection(i, watchScript.watcher(), EVENT_BUFFER));
        }
    }

    void start() {
        thread.start();
    }

    /** Whether all that the script had was answered, or nothing more comes. */
    boolean ended() {
        return !thread.isAlive();
    }

    /** Why it ended by itself; empty where it did not, or had nothing more to do. */
    String trouble() {
        return trouble;
    }

    private void run() {
        try {
            connectAll();
            due = System.nanoTime();
            if (intervalNanos > 0) {
                Threads.daemon("fish-bench-clock", this::tick).start();
            }
            while (!stopped && !(exhausted && idle.size() == connections.size())) {
                sendWhatIsDue();
                selector.select(SELECT_MILLIS);
                serve();
                check(System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            trouble = String.valueOf(e.getMessage());
        } finally {
            stopped = true;
            connections.forEach(Connection::close);
            watchers.forEach(Connection::close);
        }
    }

    private void connectAll() throws IOException {
        long end = System.nanoTime() + plan.times().timeout().toNanos();
        List<Connection> all = new ArrayList<>(connections);
        all.addAll(watchers);
        while (!stopped && !all.stream().allMatch(Connection::ready)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("not all connections to " + plan.target() + " could be made");
            }
            selector.select(SELECT_MILLIS);
            for (SelectionKey key : selector.selectedKeys()) {
                ((Connection) key.attachment()).finishConnect();
            }
            selector.selectedKeys().clear();
        }
        idle.addAll(connections);
        for (int i = 0; i < watchers.size(); i++) {
            watch(watchers.get(i), i);
        }
    }

    private void watch(Connection watcher, long number) throws IOException {
        dialect.watch(watcher.request(), WatchScript.prefix(number));
        long now = System.nanoTime();
        watcher.send(Op.EVENT, number, now, now);
    }

    /** A selector waits in whole milliseconds, which is too coarse for when requests are due. */
    private void tick() {
        long step = Math.max(intervalNanos, TICK_NANOS_MIN);
        long next = due;
        while (!stopped) {
            long now = System.nanoTime();
            if (next - now > 0) {
                LockSupport.parkNanos(next - now);
            } else {
                selector.wakeup();
                next = Math.max(next + step, now);
            }
        }
    }

    private void sendWhatIsDue() {
        long now = System.nanoTime();
        while (!idle.isEmpty() && !exhausted && (intervalNanos == 0 || due - now <= 0)) {
            send(idle.removeLast(), now);
        }
    }

    private void send(Connection connection, long now) {
        Optional<Op> op = script.next(connection.request());
        if (op.isEmpty()) {
            exhausted = true;
            idle.add(connection);
            return;
        }
        long dueNow = now;
        if (intervalNanos > 0) {
            dueNow = due;
            due += intervalNanos;
            if (connection.freeSinceNanos() - dueNow < 0) {
                recording.late(now - dueNow);
            }
        }
        try {
            connection.send(op.get(), script.number(), dueNow, now);
        } catch (IOException e) {
            broke(connection, e);
        }
    }

    private void serve() {
        for (SelectionKey key : selector.selectedKeys()) {
            Connection connection = (Connection) key.attachment();
            try {
                if (!key.isValid()) {
                    continue;
                }
                if (key.isConnectable() && connection.finishConnect()) {
                    connected(connection);
                }
                if (key.isWritable()) {
                    connection.flush();
                }
                if (key.isReadable() && connection.read()) {
                    answered(connection);
                }
            } catch (IOException e) {
                broke(connection, e);
            }
        }
        selector.selectedKeys().clear();
    }

    private void connected(Connection connection) throws IOException {
        if (connection.op() == Op.EVENT) {
            watch(connection, connection.number());
        } else {
            idle.add(connection);
        }
    }

    private void answered(Connection connection) throws IOException {
        long now = System.nanoTime();
        AnswerParser answer = connection.answer();
        if (connection.op() == Op.EVENT) {
            throw new IOException("a watch ended with status " + answer.status());
        }
        if (dialect.isGood(connection.op(), answer.status(), answer.bodyStart())) {
            recording.good(connection.op(), now - connection.dueNanos(), now);
            script.answered(connection.number(), now);
        } else {
            recording.failed("status " + answer.status());
        }
        if (answer.closes()) {
            broken.add(connection);
        } else if (!exhausted && (intervalNanos == 0 || due - now <= 0)) {
            send(connection, now);
        } else {
            idle.add(connection);
        }
    }

    private void broke(Connection connection, IOException e) {
        recording.failed(connection.underWay() ? "connection broken" : "no connection");
        connection.close();
        idle.remove(connection);
        broken.add(connection);
        trouble = String.valueOf(e.getMessage());
    }

    /** Gives up what takes too long, and connects again. */
    private void check(long now) {
        if (now - checked < CHECK_NANOS) {
            return;
        }
        checked = now;
        long timeout = plan.times().timeout().toNanos();
        for (Connection connection : connections) {
            if (connection.underWay() && now - connection.sentNanos() > timeout && !broken.contains(connection)) {
                recording.failed("no answer");
                connection.close();
                broken.add(connection);
            }
        }
        for (int i = broken.size(); i > 0; i--) {
            Connection connection = broken.remove();
            try {
                if (connection.reconnect(selector)) {
                    connected(connection);
                }
            } catch (IOException e) {
                broken.add(connection);
            }
        }
    }

    /** Returns when its thread is gone. */
    @Override
    public void close() throws IOException {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        selector.close();
    }
}
