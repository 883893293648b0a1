package fish.measure;

import fish.testing.Eventually;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** All watchers' connections, on one thread. */
final class Watchers implements AutoCloseable {
    private static final Duration OPEN_MAX = Duration.ofSeconds(90);
    private static final Duration DRAIN_MAX = Duration.ofSeconds(30);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
    private static final int ENDINGS_MAX = 10;
    private static final long RETRY_MILLIS = 100;

    private final List<URI> fronts;
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "watchers");
    final List<Watcher> all = new ArrayList<>();
    private final Deque<Watcher> waiting = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong told = new AtomicLong();
    final AtomicInteger ended = new AtomicInteger();
    final Queue<String> endings = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    Watchers(List<URI> fronts, int count, long since) throws IOException {
        this.fronts = fronts;
        this.selector = Selector.open();
        for (int i = 0; i < count; i++) {
            all.add(new Watcher(i, since));
        }
        waiting.addAll(all);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    void awaitOpen() {
        Eventually.eventually(OPEN_MAX, () -> {
            if (open.get() < all.size()) {
                throw new AssertionError(open + " watchers, " + endings);
            }
        });
    }

    /** Until so many changes were told, or a while has passed: the verdict tells. */
    void awaitTold(long count) {
        long deadline = System.nanoTime() + DRAIN_MAX.toNanos();
        while (told.get() < count && System.nanoTime() - deadline < 0) {
            Eventually.pause(Duration.ofMillis(50));
        }
    }

    private void run() {
        try {
            long retried = System.nanoTime() - RETRY_MILLIS * 1_000_000;
            while (!closing) {
                if (System.nanoTime() - retried >= RETRY_MILLIS * 1_000_000) {
                    retried = System.nanoTime();
                    for (int i = waiting.size(); i > 0; i--) {
                        connect(waiting.removeFirst());
                    }
                }
                selector.select(this::ready, RETRY_MILLIS);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException | RuntimeException e) {
            endings.add("the watchers' thread ended: " + e);
        }
    }

    private void connect(Watcher watcher) throws IOException {
        URI to = fronts.get(watcher.front % fronts.size());
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, watcher);
        try {
            channel.connect(new InetSocketAddress(to.getHost(), to.getPort()));
        } catch (IOException e) {
            again(key, watcher, e);
        }
    }

    private void ready(SelectionKey key) {
        Watcher watcher = (Watcher) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                channel.write(watcher.request(fronts.get(watcher.front % fronts.size())));
                key.interestOps(SelectionKey.OP_READ);
            } else if (key.isReadable()) {
                read(channel, watcher);
            }
        } catch (IOException | RuntimeException e) {
            again(key, watcher, e);
        }
    }

    private void read(SocketChannel channel, Watcher watcher) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            throw new IOException("closed");
        }
        String more = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
        boolean before = watcher.headSeen;
        told.addAndGet(watcher.take(more, System.nanoTime()));
        if (!before && watcher.headSeen) {
            open.incrementAndGet();
        }
    }

    /** At the next front-end, from where it was. */
    private void again(SelectionKey key, Watcher watcher, Exception e) {
        if (watcher.headSeen) {
            open.decrementAndGet();
            ended.incrementAndGet();
        }
        if (endings.size() < ENDINGS_MAX || e instanceof RuntimeException) {
            endings.add(e.toString());
        }
        watcher.headSeen = false;
        watcher.front++;
        key.cancel();
        try {
            key.channel().close();
        } catch (IOException ignored) {
            endings.add("cannot close: " + ignored);
        }
        waiting.add(watcher);
    }

    /** Ends all streams; what was told is then there to read. */
    void end() {
        closing = true;
        selector.wakeup();
        try {
            thread.join(CLOSE_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
    }
}
