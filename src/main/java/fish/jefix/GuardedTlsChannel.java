package fish.jefix;

import com.sleepycat.je.rep.net.InstanceLogger;
import com.sleepycat.je.rep.utilint.net.SSLDataChannel;
import fish.tls.NodeTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLException;

/** A connection of a node with a certificate that was accepted, with its guard. */
final class GuardedTlsChannel extends SSLDataChannel implements Accepted {
    private final ChannelGuard guard;
    private final NodeTls tls;
    private final String peer;

    /**
     * @param open where it was counted among those on their way
     */
    GuardedTlsChannel(
            SocketChannel socket,
            NodeTls tls,
            InstanceLogger logger,
            ScheduledExecutorService timer,
            OpenChannels open) {
        super(socket, tls.nodesOnlyEngine(host(socket), socket.socket().getPort()), null, null, null, logger);
        this.tls = tls;
        this.peer = host(socket);
        this.guard = new ChannelGuard(this, timer, open);
    }

    private static String host(SocketChannel socket) {
        return socket.socket().getInetAddress().getHostAddress();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        boolean pending = guard.isPending();
        try {
            return guard.read(target, super::read);
        } catch (SSLException e) {
            if (pending) {
                tls.refused(peer, "replication", e);
            }
            throw e;
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = super.write(source);
        guard.wrote();
        return count;
    }

    @Override
    public void close() throws IOException {
        guard.ended();
        super.close();
    }

    @Override
    public CloseAsyncStatus closeAsync() throws IOException {
        guard.ended();
        return super.closeAsync();
    }

    @Override
    public void closeForcefully() throws IOException {
        guard.ended();
        super.closeForcefully();
    }
}
