package fish.http;

import fish.tls.NodeTls;
import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLParameters;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.SslClientAuthMode;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/**
 * The way in for TLS alone. Clients need no certificate; one that brings one of another CA is refused, since only
 * nodes have any.
 */
final class TlsDoor implements HttpListener.Door {
    private final NodeTls tls;
    private final OptionMap options;

    private TlsDoor(NodeTls tls, OptionMap options) {
        this.tls = tls;
        this.options = options;
    }

    static HttpListener.Door of(NodeTls tls) {
        SSLParameters parameters = tls.serverParameters(false);
        OptionMap options = OptionMap.builder()
                .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(parameters.getProtocols()))
                .set(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(parameters.getCipherSuites()))
                .set(UndertowOptions.SSL_USER_CIPHER_SUITES_ORDER, true)
                .set(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUESTED)
                .getMap();
        return new TlsDoor(tls, options);
    }

    @Override
    public AcceptingChannel<? extends StreamConnection> open(
            XnioWorker worker,
            InetSocketAddress address,
            ChannelListener<StreamConnection> opened,
            OptionMap socketOptions)
            throws IOException {
        OptionMap all =
                OptionMap.builder().addAll(socketOptions).addAll(options).getMap();
        // Signatures are made on the worker's task threads: who shakes hands delays nobody's requests.
        UndertowXnioSsl ssl = new UndertowXnioSsl(worker.getXnio(), OptionMap.EMPTY, tls.context(), worker);
        return ssl.createSslConnectionServer(
                worker, address, ChannelListeners.<SslConnection>openListenerAdapter(opened), all);
    }
}
