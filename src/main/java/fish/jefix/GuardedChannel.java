package fish.jefix;

import com.sleepycat.je.rep.utilint.net.SimpleDataChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ScheduledExecutorService;

/** A connection that was accepted, with its guard. */
final class GuardedChannel extends SimpleDataChannel implements Accepted {
    private final ChannelGuard guard;

    /**
     * @param open where it was counted among those on their way
     */
    GuardedChannel(SocketChannel socket, ScheduledExecutorService timer, OpenChannels open) {
        super(socket);
        this.guard = new ChannelGuard(this, timer, open);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return guard.read(target, super::read);
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
