package fish.contract;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a program listens: {@code localhost:9000}, {@code [::1]:9000}.
 *
 * @param host a name or a literal address, IPv6 without its brackets
 * @param port 0 to 65,535; 0 is a free one, where that makes sense
 */
public record HostPort(String host, int port) {
    private static final String FORM = "an address is HOST:PORT: localhost:9000, 10.0.0.7:9000, [::1]:9000";

    public HostPort {
        if (host.isEmpty() || host.length() > 255 || !host.chars().allMatch(HostPort::inHost)) {
            throw new IllegalArgumentException(FORM);
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is a number from 0 to 65535");
        }
    }

    /** @throws IllegalArgumentException for anything that is not an address; the message says what is one */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean literal = host.startsWith("[") && host.endsWith("]");
        if (!port.matches("\\d{1,5}") || (!literal && host.indexOf(':') >= 0)) {
            throw new IllegalArgumentException(FORM);
        }
        return new HostPort(literal ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
    }

    /**
     * Also of a host that is written as a literal in brackets.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static HostPort of(String host, int port) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    /** Looks the host up now; the result is unresolved where there is none. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    /** Whether the host can be looked up now. */
    public boolean isKnown() {
        return !resolve().isUnresolved();
    }

    /** Whether nobody but this machine can reach it. A name is looked up; one that is not known is not loopback. */
    public boolean isLoopback() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean inHost(int c) {
        return (c < 128 && Character.isLetterOrDigit(c)) || "-._:%".indexOf(c) >= 0;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
