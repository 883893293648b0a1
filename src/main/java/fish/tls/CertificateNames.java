package fish.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The hosts that a certificate is for: its subject alternative names.
 *
 * @param dns in small letters; may begin with {@code *.}
 * @param ip as they are written
 */
public record CertificateNames(List<String> dns, List<String> ip) {
    private static final int DNS = 2;
    private static final int IP = 7;

    public CertificateNames {
        dns = List.copyOf(dns);
        ip = List.copyOf(ip);
    }

    /** None where they cannot be read. */
    public static CertificateNames of(X509Certificate certificate) {
        List<String> dns = new ArrayList<>();
        List<String> ip = new ArrayList<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.get(0).equals(DNS)) {
                    dns.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
                } else if (name.get(0).equals(IP)) {
                    ip.add(String.valueOf(name.get(1)));
                }
            }
        } catch (CertificateParsingException e) {
            return new CertificateNames(List.of(), List.of());
        }
        return new CertificateNames(dns, ip);
    }

    /** All of them. */
    public List<String> all() {
        List<String> all = new ArrayList<>(dns);
        all.addAll(ip);
        return all;
    }

    /**
     * Whether it is for this one.
     *
     * @param host a name, which is not looked up, or a literal address, IPv6 without brackets
     */
    public boolean covers(String host) {
        if (isLiteral(host)) {
            return ip.stream().anyMatch(name -> sameAddress(name, host));
        }
        String name = host.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return dns.contains(name) || (dot > 0 && dns.contains("*" + name.substring(dot)));
    }

    static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }

    /** Whether a {@link #isLiteral literal} is an address. */
    static boolean isAddress(String literal) {
        if (!literal.matches("[0-9A-Fa-f:.]{2,45}|(\\d{1,3}\\.){3}\\d{1,3}")) {
            return false;
        }
        if (literal.indexOf(':') < 0) {
            return Stream.of(literal.split("\\.", -1)).allMatch(part -> Integer.parseInt(part) < 256);
        }
        try {
            // Literals are not looked up.
            return InetAddress.getByName(literal) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The same for two that are written in two ways. */
    public static String canonical(String host) {
        try {
            return isLiteral(host) && isAddress(host)
                    ? InetAddress.getByName(host).getHostAddress()
                    : host;
        } catch (UnknownHostException e) {
            return host;
        }
    }

    private static boolean sameAddress(String one, String other) {
        try {
            // Literals are not looked up.
            return InetAddress.getByName(one).equals(InetAddress.getByName(other));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
