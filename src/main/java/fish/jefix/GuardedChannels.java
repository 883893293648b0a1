package fish.jefix;

import com.sleepycat.je.rep.net.DataChannel;
import com.sleepycat.je.rep.net.DataChannelFactory;
import com.sleepycat.je.rep.net.InstanceParams;
import com.sleepycat.je.rep.utilint.net.SimpleChannelFactory;
import fish.run.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The connections of JE, plain TCP, with a bound on how long one that was accepted may keep silent. JE
 * itself waits for ever: a peer that is paused in the middle of an election, or a stranger that connects
 * and says nothing, would keep this node out of every election until it goes away, since one thread
 * answers candidates one after the other. Thread-safe.
 */
public final class GuardedChannels implements DataChannelFactory {
    /** One thread for all environments of a process, which come and go without an end that JE would tell. */
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final DataChannelFactory plain = new SimpleChannelFactory();
    private final OpenChannels open;

    /** JE makes it by this constructor, and has no parameters for it. */
    public GuardedChannels(InstanceParams unused) {
        this(OpenChannels.PENDING_MAX);
    }

    GuardedChannels(int pendingMax) {
        this.open = new OpenChannels(pendingMax);
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, Threads.named("fish-channel-guard"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    @Override
    public DataChannel connect(InetSocketAddress to, InetSocketAddress from, ConnectOptions options)
            throws IOException {
        return plain.connect(to, from, options);
    }

    @Override
    public DataChannel acceptChannel(SocketChannel socket) {
        boolean room = open.begin();
        GuardedChannel channel = new GuardedChannel(socket, TIMER, open);
        if (!room) {
            try {
                // JE finds it closed, and forgets it.
                channel.closeForcefully();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return channel;
    }
}
