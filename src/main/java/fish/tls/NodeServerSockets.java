package fish.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;

/** Sockets that only nodes can speak to. */
final class NodeServerSockets extends ServerSocketFactory {
    private final NodeTls tls;

    NodeServerSockets(NodeTls tls) {
        this.tls = tls;
    }

    private ServerSocket set(ServerSocket socket) {
        ((SSLServerSocket) socket).setSSLParameters(tls.serverParameters(true));
        return socket;
    }

    private ServerSocketFactory made() {
        return tls.context().getServerSocketFactory();
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return set(made().createServerSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return set(made().createServerSocket(port));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return set(made().createServerSocket(port, backlog));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
        return set(made().createServerSocket(port, backlog, address));
    }
}
