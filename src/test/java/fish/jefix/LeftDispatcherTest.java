package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.rep.utilint.ServiceDispatcher;
import com.sleepycat.je.rep.utilint.net.SimpleChannelFactory;
import fish.testing.FreePorts;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeftDispatcherTest {
    @Test
    void itsPortIsFreeAgainAndOthersStay() throws Exception {
        ServiceDispatcher left = dispatcher();
        ServiceDispatcher other = dispatcher();
        int port = left.getSocketAddress().getPort();
        assertThatThrownBy(() -> listen(port)).isInstanceOf(BindException.class);
        LeftDispatcher.end(port);
        listen(port);
        assertThat(left.isAlive()).isFalse();
        assertThat(other.isAlive()).isTrue();
        other.shutdown();
    }

    private static ServiceDispatcher dispatcher() throws Exception {
        InetSocketAddress address = new InetSocketAddress("localhost", FreePorts.any());
        ServiceDispatcher dispatcher = new ServiceDispatcher(address, new SimpleChannelFactory());
        dispatcher.start();
        return dispatcher;
    }

    private static void listen(int port) throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("localhost", port));
        }
    }
}
