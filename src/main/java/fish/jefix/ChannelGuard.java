package fish.jefix;

import com.sleepycat.je.rep.elections.Acceptor;
import com.sleepycat.je.rep.elections.Learner;
import com.sleepycat.je.rep.impl.node.FeederManager;
import com.sleepycat.je.rep.net.DataChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Watches over a connection that was accepted. It begins with the name of the service that it is for ({@code
 * com.sleepycat.je.rep.utilint.ServiceHandshake}): {@code Service:}, a byte with the length, the name.
 * From that follows how long the rest may take, and how much of it there may be; a TLS handshake comes before, and its
 * time counts. One whose time is up reads
 * as if the peer had closed it, which JE takes well in any state; to close it here would break the selector
 * that it may stand in.
 */
final class ChannelGuard {
    /** To name the service, and for all that is asked and answered by others than streams and elections. */
    static final Duration REQUEST_MAX = Duration.ofSeconds(5);

    /** To ask an election's question. It is sent at once, and those who ask wait no longer than 2 s. */
    static final Duration ELECTION_MAX = Duration.ofSeconds(1);

    /** To go on with a copy of files, which nothing else bounds: the feeder holds log files back meanwhile. */
    static final Duration COPY_IDLE_MAX = Duration.ofSeconds(60);

    /** All that a peer may send who asks a question: a line of a few hundred bytes. */
    static final int QUESTION_BYTES_MAX = 64 << 10;

    private static final Set<String> ELECTIONS = Set.of(Acceptor.SERVICE_NAME, Learner.SERVICE_NAME);
    /** It lasts, and JE watches over it with timeouts of its own. */
    private static final String STREAM = FeederManager.FEEDER_SERVICE;

    private static final String COPY = com.sleepycat.je.rep.impl.networkRestore.FeederManager.FEEDER_SERVICE;
    private static final int PREFIX = "Service:".length();
    private static final int NAME_MAX = 127;

    private final DataChannel channel;
    private final ScheduledExecutorService timer;
    private final OpenChannels open;
    private final AtomicBoolean pending = new AtomicBoolean(true);

    // JE's dispatcher alone reads until the name is there.
    private final ByteBuffer heard = ByteBuffer.allocate(PREFIX + 1 + NAME_MAX);
    private volatile @Nullable Future<?> end;
    private volatile boolean moved;

    // The dispatcher hands the channel on to whom reads it then.
    private int left = Integer.MAX_VALUE;

    /**
     * @param open where it was counted among those on their way
     */
    ChannelGuard(DataChannel channel, ScheduledExecutorService timer, OpenChannels open) {
        this.channel = channel;
        this.timer = timer;
        this.open = open;
        endAfter(REQUEST_MAX);
    }

    /** Reads from the channel, without its guard. */
    interface Source {
        int read(ByteBuffer target) throws IOException;
    }

    /** Whether it has not named its service yet. */
    boolean isPending() {
        return pending.get();
    }

    int read(ByteBuffer target, Source source) throws IOException {
        if (!pending.get()) {
            return readOn(target, source);
        }
        int start = target.position();
        int count = source.read(target);
        for (int i = start; i < start + count && heard.hasRemaining(); i++) {
            heard.put(target.get(i));
        }
        int named = PREFIX + 1;
        if (heard.position() >= named && heard.position() >= named + length()) {
            arrive(new String(heard.array(), named, length(), StandardCharsets.US_ASCII));
        }
        return count;
    }

    private int readOn(ByteBuffer target, Source source) throws IOException {
        if (left <= 0) {
            return -1;
        }
        int count = source.read(target);
        moved = true;
        if (left < Integer.MAX_VALUE) {
            left -= Math.max(0, count);
        }
        return count;
    }

    /** Something was sent. */
    void wrote() {
        moved = true;
    }

    /** The dispatcher refuses one beyond {@link #NAME_MAX}. */
    private int length() {
        return Math.max(0, heard.get(PREFIX));
    }

    /** JE's dispatcher closes one that is not let in. */
    private void arrive(String service) throws IOException {
        leavePending();
        if (!open.enter(service, channel)) {
            throw new IOException("no room, or no such service: " + service);
        }
        if (service.equals(STREAM)) {
            cancelEnd();
            return;
        }
        if (service.equals(COPY)) {
            cancelEnd();
            end = timer.scheduleWithFixedDelay(
                    this::endIdleCopy, COPY_IDLE_MAX.toMillis(), COPY_IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        left = QUESTION_BYTES_MAX;
        if (ELECTIONS.contains(service)) {
            endAfter(ELECTION_MAX);
        }
    }

    /** By then no selector has it. */
    private void endIdleCopy() {
        if (!moved) {
            try {
                // What is still to be said to a peer that stalls would block.
                channel.closeForcefully();
            } catch (IOException e) {
                // It is closed already.
            }
        }
        moved = false;
    }

    private void leavePending() {
        if (pending.compareAndSet(true, false)) {
            open.arrived();
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
            channel.getSocketChannel().shutdownInput();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    /** The channel is closed. */
    void ended() {
        cancelEnd();
        leavePending();
    }
}
