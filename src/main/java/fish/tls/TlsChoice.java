package fish.tls;

import fish.conf.NodeSettings;
import fish.conf.Setting;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Which TLS is spoken.
 *
 * @param protocols at least one, the preferred first
 * @param ciphers at least one, the preferred first
 */
public record TlsChoice(List<String> protocols, List<String> ciphers) {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** That of the settings as shipped. */
    public static TlsChoice standard() {
        return new TlsChoice(standard(NodeSettings.TLS_PROTOCOLS), standard(NodeSettings.TLS_CIPHERS));
    }

    private static List<String> standard(Setting<List<String>> setting) {
        return setting.parser().apply(setting.standard());
    }

    /**
     * @throws IllegalArgumentException for what this Java does not know, or is older than TLS 1.2
     */
    public TlsChoice {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        requireKnown(protocols, PROTOCOLS, "protocol");
        requireKnown(ciphers, Arrays.asList(supported().getCipherSuites()), "cipher suite");
    }

    private static void requireKnown(List<String> some, List<String> known, String what) {
        Set<String> unknown = new HashSet<>(some);
        unknown.removeAll(known);
        if (some.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("no " + what + " is named " + unknown + "; there are " + known);
        }
    }

    private static SSLParameters supported() {
        try {
            return SSLContext.getDefault().getSupportedSSLParameters();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java speaks no TLS", e);
        }
    }

    /** For whoever accepts connections. */
    SSLParameters ofServer(boolean certificateNeeded) {
        SSLParameters parameters = new SSLParameters(ciphers.toArray(String[]::new), protocols.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        if (certificateNeeded) {
            parameters.setNeedClientAuth(true);
        } else {
            parameters.setWantClientAuth(true);
        }
        return parameters;
    }

    /** For whoever connects: what answers must be the host that was meant. */
    SSLParameters ofClient() {
        SSLParameters parameters = new SSLParameters(ciphers.toArray(String[]::new), protocols.toArray(String[]::new));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return parameters;
    }
}
