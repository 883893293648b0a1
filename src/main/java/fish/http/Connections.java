package fish.http;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * All connections of a server, of which there are so many at most. Where one more comes, the one that has
 * been without a request for the longest is closed: one between two requests, and one whose first request
 * is not whole yet, however slowly it comes. Thread-safe; does not block.
 */
final class Connections {
    private final int max;
    private final Set<StreamConnection> open = ConcurrentHashMap.newKeySet();

    /** Those without a request, the longest without first. Guards itself. */
    private final LinkedHashSet<StreamConnection> idle = new LinkedHashSet<>();

    /** Those of the open ones that are about to be closed. Guarded by {@link #idle}. */
    private final Set<StreamConnection> leaving = new HashSet<>();

    Connections(int max) {
        this.max = max;
    }

    int count() {
        return open.size();
    }

    /** Whether one more may come; if need be the longest idle one makes room. */
    boolean hasRoom() {
        synchronized (idle) {
            return makeRoom(1);
        }
    }

    /** One more, before anything is read of it. */
    void add(StreamConnection connection) {
        open.add(connection);
        synchronized (idle) {
            idle.add(connection);
        }
    }

    /**
     * Notices its end; to be called when others, who take the one place for that, have set their listeners.
     *
     * @param closed told of it too
     */
    void removeAtEnd(StreamConnection connection, Runnable closed) {
        ChannelListener<? super StreamConnection> before = connection.getCloseListener();
        connection.setCloseListener(ended -> {
            remove(connection);
            closed.run();
            if (before != null) {
                before.handleEvent(ended);
            }
        });
        if (!connection.isOpen()) {
            remove(connection);
            closed.run();
        }
    }

    /** A request of it is whole: it stays, also if it was about to be closed for one more. */
    void busy(StreamConnection connection) {
        synchronized (idle) {
            idle.remove(connection);
            leaving.remove(connection);
        }
    }

    /** Its request is over. */
    void idle(StreamConnection connection) {
        synchronized (idle) {
            if (open.contains(connection)) {
                idle.add(connection);
                makeRoom(0);
            }
        }
    }

    /** Under the lock. Whether there is room, but for those that are about to be closed, for so many more. */
    private boolean makeRoom(int more) {
        Iterator<StreamConnection> longest = idle.iterator();
        while (open.size() + more - leaving.size() > max && longest.hasNext()) {
            StreamConnection eldest = longest.next();
            longest.remove();
            leaving.add(eldest);
            try {
                eldest.getIoThread().execute(() -> close(eldest));
            } catch (RejectedExecutionException e) {
                leaving.remove(eldest); // the server stops, and closes all
            }
        }
        return open.size() + more - leaving.size() <= max;
    }

    /** On its I/O thread, where no request of it can begin meanwhile; one may have begun before. */
    private void close(StreamConnection connection) {
        synchronized (idle) {
            if (!leaving.remove(connection)) {
                return;
            }
        }
        IoUtils.safeClose(connection);
    }

    private void remove(StreamConnection connection) {
        open.remove(connection);
        synchronized (idle) {
            idle.remove(connection);
            leaving.remove(connection);
        }
    }
}
