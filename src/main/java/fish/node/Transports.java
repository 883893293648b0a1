package fish.node;

import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.tls.NodeTls;
import fish.tls.NodeTransport;
import fish.tls.TlsChoice;
import java.io.IOException;
import java.time.Clock;

/** How a node speaks with others, by its home and its settings. */
public final class Transports {
    private Transports() {}

    /**
     * With TLS where the home has certificates; then the result is closed with what uses it.
     *
     * @throws ProgramException where it has them and they cannot be used: it never falls back to speaking plainly
     */
    public static NodeTransport of(NodeSettings settings) throws ProgramException {
        if (!NodeTls.isIn(settings.home())) {
            return NodeTransport.PLAIN;
        }
        try {
            TlsChoice choice =
                    new TlsChoice(settings.get(NodeSettings.TLS_PROTOCOLS), settings.get(NodeSettings.TLS_CIPHERS));
            return NodeTransport.of(NodeTls.of(settings.home(), choice, Clock.systemUTC()));
        } catch (IOException | IllegalArgumentException e) {
            throw ProgramException.wrong(
                            "the certificates of %s cannot be used: %s (bin/setup NAME --tls-renew makes new ones)"
                                    .formatted(settings.home(), e.getMessage()))
                    .because(e);
        }
    }
}
