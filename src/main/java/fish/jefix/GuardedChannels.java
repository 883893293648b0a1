package fish.jefix;

import com.sleepycat.je.rep.net.DataChannel;
import com.sleepycat.je.rep.net.DataChannelFactory;
import com.sleepycat.je.rep.net.InstanceLogger;
import com.sleepycat.je.rep.net.InstanceParams;
import com.sleepycat.je.rep.utilint.RepUtils;
import com.sleepycat.je.rep.utilint.net.SSLDataChannel;
import com.sleepycat.je.rep.utilint.net.SimpleChannelFactory;
import fish.run.Threads;
import fish.tls.NodeTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The connections of JE, plain TCP or TLS between nodes of one CA, with a bound on how long one that was accepted may keep silent. JE
 * itself waits for ever: a peer that is paused in the middle of an election, or a stranger that connects
 * and says nothing, would keep this node out of every election until it goes away, since one thread
 * answers candidates one after the other. Thread-safe.
 */
public final class GuardedChannels implements DataChannelFactory {
    /** One thread for all environments of a process, which come and go without an end that JE would tell. */
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final DataChannelFactory plain = new SimpleChannelFactory();
    private final OpenChannels open;
    private final @Nullable NodeTls tls;
    private final InstanceLogger logger;

    /** JE makes it by this constructor; its parameter is {@link NodeTls#key}, or empty for plain TCP. */
    public GuardedChannels(InstanceParams parameters) {
        this(
                OpenChannels.PENDING_MAX,
                parameters.getClassParams() == null
                                || parameters.getClassParams().isEmpty()
                        ? null
                        : NodeTls.find(parameters.getClassParams()),
                parameters.getContext().getLoggerFactory().getLogger(GuardedChannels.class));
    }

    GuardedChannels(int pendingMax) {
        this(pendingMax, null, (level, message) -> {});
    }

    private GuardedChannels(int pendingMax, @Nullable NodeTls tls, InstanceLogger logger) {
        this.open = new OpenChannels(pendingMax);
        this.tls = tls;
        this.logger = logger;
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, Threads.named("fish-channel-guard"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    @Override
    public DataChannel connect(InetSocketAddress to, InetSocketAddress from, ConnectOptions options)
            throws IOException {
        if (tls == null) {
            return plain.connect(to, from, options);
        }
        SocketChannel socket = RepUtils.openSocketChannel(to, from, options);
        String host = to.getHostString();
        return new SSLDataChannel(socket, tls.clientEngine(host, to.getPort()), host, null, null, logger);
    }

    @Override
    public DataChannel acceptChannel(SocketChannel socket) {
        boolean room = open.begin();
        DataChannel channel = tls == null
                ? new GuardedChannel(socket, TIMER, open)
                : new GuardedTlsChannel(socket, tls, logger, TIMER, open);
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
