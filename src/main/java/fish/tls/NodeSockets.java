package fish.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;

/** Connections to other nodes, which must be the host that was meant. */
final class NodeSockets extends SocketFactory {
    private final NodeTls tls;

    NodeSockets(NodeTls tls) {
        this.tls = tls;
    }

    private Socket set(Socket socket) {
        ((SSLSocket) socket).setSSLParameters(tls.clientParameters());
        return socket;
    }

    private SocketFactory made() {
        return tls.context().getSocketFactory();
    }

    @Override
    public Socket createSocket() throws IOException {
        return set(made().createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return set(made().createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return set(made().createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return set(made().createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
        return set(made().createSocket(host, port, localAddress, localPort));
    }
}
