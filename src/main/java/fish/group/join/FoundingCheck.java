package fish.group.join;

import fish.contract.HostPort;
import fish.run.Threads;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/**
 * Listens at a new node's own address before the node founds a group there. Where a living group still
 * counts that address among its members, its master announces itself there every {@code
 * electionsRebroadcastPeriod} (2 s), and a member that looks for a master asks there for a vote.
 *
 * <p>A founder there would stay master of a second group of the same name. It does not depose the
 * living master, but every node of the living group that restarts or looks for a master asks it too,
 * believes its newer election, and fails for good on the other group's identity.
 *
 * <p>A lone survivor without a majority may stay silent for up to 32 s, the longest pause between two
 * of its elections. Quiet is therefore likely, not proven, to mean free. Questions that any stranger
 * asks do not count: a node that is about to join asks them too.
 *
 * <p>Safe for use by several threads, at different addresses. No connection or thread outlives a call
 * by more than the moment that it takes to end.
 */
public final class FoundingCheck {
    /** Longer than one round of announcements. */
    public static final Duration LISTEN_DEFAULT = Duration.ofSeconds(3);

    private static final int CONNECTIONS_MAX = 32;
    private static final int BACKLOG = 64;

    private final ServerSocketFactory sockets;

    /**
     * @param sockets listens: {@link ServerSocketFactory#getDefault}, or one for TLS where the nodes use
     *     it among themselves
     */
    public FoundingCheck(ServerSocketFactory sockets) {
        this.sockets = sockets;
    }

    /**
     * A call that only a member of a group makes, at an address that it takes for another member's.
     *
     * @param remote the address that called
     * @param service JE's name of what it asked for
     * @param group the name of its group; empty where it did not say
     */
    public record Caller(String remote, String service, String group) {
        @Override
        public String toString() {
            return "still called by " + remote + ", service " + service + (group.isEmpty() ? "" : ", group " + group);
        }
    }

    /**
     * Listens until a member calls, at most for {@code limit}.
     *
     * @return the call; empty if there was none
     * @throws IOException if the address cannot be listened at, be it that another process does
     */
    public Optional<Caller> listen(HostPort address, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        CompletableFuture<Caller> found = new CompletableFuture<>();
        Set<Socket> open = ConcurrentHashMap.newKeySet();
        ExecutorService readers = new ThreadPoolExecutor(
                0,
                CONNECTIONS_MAX,
                1,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Threads.named("fish-founding-check"));
        try (ServerSocket server = sockets.createServerSocket()) {
            server.setReuseAddress(true);
            server.bind(address.resolve(), BACKLOG);
            while (!found.isDone() && end - System.nanoTime() > 0) {
                server.setSoTimeout(millisUntil(end));
                accept(server, readers, open, found);
            }
        } catch (SocketException e) {
            if (!found.isDone()) {
                throw e;
            }
        } finally {
            open.forEach(FoundingCheck::close);
            readers.shutdown();
        }
        return Optional.ofNullable(found.getNow(null));
    }

    private static void accept(
            ServerSocket server, ExecutorService readers, Set<Socket> open, CompletableFuture<Caller> found)
            throws IOException {
        Socket caller;
        try {
            caller = server.accept();
        } catch (SocketTimeoutException e) {
            return;
        }
        open.add(caller);
        try {
            readers.execute(() -> {
                try (caller) {
                    MemberCall.read(caller).ifPresent(call -> {
                        found.complete(call);
                        close(server);
                    });
                } catch (IOException e) {
                    // Whoever it was, it was no member in full voice.
                } finally {
                    open.remove(caller);
                }
            });
        } catch (RejectedExecutionException e) {
            open.remove(caller);
            close(caller);
        }
    }

    private static int millisUntil(long end) {
        return (int) Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()), Integer.MAX_VALUE));
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It was of no more use anyhow.
        }
    }
}
