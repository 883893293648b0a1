package fish.jefix;

import com.sleepycat.je.rep.elections.Acceptor;
import com.sleepycat.je.rep.elections.Learner;
import com.sleepycat.je.rep.impl.node.FeederManager;
import com.sleepycat.je.rep.utilint.net.SimpleDataChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted. It begins with the name of the service that it is for ({@code
 * com.sleepycat.je.rep.utilint.ServiceHandshake}): {@code Service:}, a byte with the length, the name.
 * From that follows how long the rest may take. One whose time is up reads as if the peer had closed it,
 * which JE takes well in any state; to close it here would break the selector that it may stand in.
 */
final class GuardedChannel extends SimpleDataChannel {
    /** To name the service, and for all that is asked and answered by others than streams and elections. */
    static final Duration REQUEST_MAX = Duration.ofSeconds(5);

    /** To ask an election's question. It is sent at once, and those who ask wait no longer than 2 s. */
    static final Duration ELECTION_MAX = Duration.ofSeconds(1);

    /** They last, and JE watches over them with timeouts of their own. */
    private static final Set<String> STREAMS =
            Set.of(FeederManager.FEEDER_SERVICE, com.sleepycat.je.rep.impl.networkRestore.FeederManager.FEEDER_SERVICE);

    private static final Set<String> ELECTIONS = Set.of(Acceptor.SERVICE_NAME, Learner.SERVICE_NAME);
    private static final int PREFIX = "Service:".length();
    private static final int NAME_MAX = 127;

    private final ScheduledExecutorService timer;
    private final Runnable arrived;
    private final AtomicBoolean pending = new AtomicBoolean(true);

    // JE's dispatcher alone reads until the name is there.
    private final ByteBuffer heard = ByteBuffer.allocate(PREFIX + 1 + NAME_MAX);
    private volatile @Nullable Future<?> end;

    /**
     * @param arrived told once, when it has named its service or is closed
     */
    GuardedChannel(SocketChannel socket, ScheduledExecutorService timer, Runnable arrived) {
        super(socket);
        this.timer = timer;
        this.arrived = arrived;
        endAfter(REQUEST_MAX);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!pending.get()) {
            return super.read(target);
        }
        int start = target.position();
        int count = super.read(target);
        for (int i = start; i < start + count && heard.hasRemaining(); i++) {
            heard.put(target.get(i));
        }
        int named = PREFIX + 1;
        if (heard.position() >= named && heard.position() >= named + length()) {
            arrive(new String(heard.array(), named, length(), StandardCharsets.US_ASCII));
        }
        return count;
    }

    /** The dispatcher refuses one beyond {@link #NAME_MAX}. */
    private int length() {
        return Math.max(0, heard.get(PREFIX));
    }

    private void arrive(String service) {
        if (STREAMS.contains(service)) {
            cancelEnd();
        } else if (ELECTIONS.contains(service)) {
            endAfter(ELECTION_MAX);
        }
        leavePending();
    }

    private void leavePending() {
        if (pending.compareAndSet(true, false)) {
            arrived.run();
        }
    }

    private void endAfter(Duration time) {
        cancelEnd();
        end = timer.schedule(this::endInput, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelEnd() {
        Future<?> scheduled = end;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    private void endInput() {
        try {
            socketChannel.shutdownInput();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() throws IOException {
        ended();
        super.close();
    }

    @Override
    public CloseAsyncStatus closeAsync() throws IOException {
        ended();
        return super.closeAsync();
    }

    @Override
    public void closeForcefully() throws IOException {
        ended();
        super.closeForcefully();
    }

    private void ended() {
        cancelEnd();
        leavePending();
    }
}
