package fish.client;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;

/** Why there is no connection, in words: the JDK's exceptions often have none, or hide the one that tells. */
final class Causes {
    /** Of exceptions inside each other that are looked at. */
    private static final int DEPTH_MAX = 8;

    /** How a TLS alert begins, of version 1.0 or later; the JDK's client quotes what it cannot read. */
    private static final String TLS_ALERT = "\u0015\u0003";

    private Causes() {}

    /** Whether the certificate that the other end showed is not believed: before anything was sent to it. */
    static boolean isOfTrust(Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            if (cause instanceof CertificateException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Whether what came for an HTTP answer is a TLS alert: nobody there could read the request. */
    static boolean isOfPlainHttpAtTls(Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            String said = String.valueOf(cause.getMessage());
            if (said.contains("status line") && said.contains(TLS_ALERT)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    static String of(Throwable problem) {
        if (isOfPlainHttpAtTls(problem)) {
            return "it speaks TLS there: https instead of http";
        }
        String said = "";
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return "the host is not known";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "it took too long to connect";
            }
            if (cause.getMessage() != null && said.isEmpty()) {
                said = cause.getMessage();
            }
            cause = cause.getCause();
        }
        if (!said.isEmpty()) {
            return said;
        }
        // The JDK's client tells a refused connection by a closed channel, without a word.
        boolean refused = problem instanceof ConnectException && problem.getCause() instanceof ClosedChannelException;
        return refused || problem instanceof ConnectException
                ? "connection refused"
                : problem.getClass().getSimpleName();
    }
}
