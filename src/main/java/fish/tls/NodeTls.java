package fish.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A node's certificate at work. Files that change are taken up by the next handshake, once they are whole and good;
 * until then it goes on with what it had. No session from before the change is resumed after it. Thread-safe;
 * handshakes read files at most once a second.
 */
public final class NodeTls implements AutoCloseable {
    /** How long before its end people are told of it. */
    public static final Duration SOON = Duration.ofDays(30);

    /** Long enough to spare front-ends and browsers most handshakes, and not longer than a day's work. */
    private static final int SESSION_SECONDS = 3600;

    private static final long LOOK_NANOS = 1_000_000_000L;
    /** Of no host. */
    private static final Set<String> ANY = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private static final Duration TELL_EVERY = Duration.ofDays(1);

    /** JE makes its connections by a class's name and a text, which stands for one of these. */
    private static final Map<String, NodeTls> OPEN = new ConcurrentHashMap<>();

    /** Told what happens. */
    public interface Events {
        void event(String name, Object... keysAndValues);
    }

    private final String key = UUID.randomUUID().toString();
    private final Path directory;
    private final TlsChoice choice;
    private final Clock clock;
    private final SSLContext context;
    private final RefusedPeers refusedPeers = new RefusedPeers();
    private final Object reading = new Object();
    private volatile Events events = (name, keysAndValues) -> {};
    private volatile NodeCertificate current;
    /** Made anew with every change: who resumes a session is not asked for a certificate. */
    private volatile SSLContext made;

    /** Of the files that are in use. */
    private volatile List<Object> seen;

    /** Of those that could not be used, as was told. */
    private List<Object> toldUnusable = List.of();

    private final AtomicInteger changes = new AtomicInteger();
    private volatile List<String> hosts = List.of();
    private volatile String unusable = "";
    private String toldMissing = "";
    private volatile long lookedNanos = System.nanoTime();
    private @Nullable Instant told;

    private NodeTls(Path directory, TlsChoice choice, Clock clock) throws IOException {
        this.directory = directory;
        this.choice = choice;
        this.clock = clock;
        this.seen = stamp();
        this.current = NodeCertificate.read(directory);
        this.made = make();
        this.context = new CurrentContext(() -> made);
        OPEN.put(key, this);
    }

    private SSLContext make() throws IOException {
        try {
            SSLContext fresh = SSLContext.getInstance("TLS");
            fresh.init(
                    new KeyManager[] {new CurrentKey(this::current)},
                    new TrustManager[] {new CurrentTrust(this::current, this::refused)},
                    null);
            fresh.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            fresh.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            return fresh;
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java speaks no TLS: " + e.getMessage(), e);
        }
    }

    /**
     * Whether this home is to speak TLS: never plainly once it has the directory, whatever is in it.
     *
     * @param home a node's
     */
    public static boolean isIn(Path home) {
        return Files.exists(home.resolve(NodeCertificate.DIRECTORY));
    }

    /**
     * @param home which {@link #isIn has} certificates
     * @throws IOException if they cannot be used, and why
     */
    public static NodeTls of(Path home, TlsChoice choice, Clock clock) throws IOException {
        return new NodeTls(home.resolve(NodeCertificate.DIRECTORY), choice, clock);
    }

    /** @throws IllegalStateException if it is closed */
    public static NodeTls find(String key) {
        NodeTls found = OPEN.get(key);
        if (found == null) {
            throw new IllegalStateException("the certificates are closed");
        }
        return found;
    }

    /** What {@link #find} finds it by, in this process, until it is closed. */
    public String key() {
        return key;
    }

    /**
     * Whom to tell from now on.
     *
     * @param own at which others are to reach this node
     */
    public void tell(Events whom, List<String> own) {
        events = whom;
        hosts = own.stream().filter(host -> !ANY.contains(host)).distinct().toList();
    }

    /** How often something was taken up: connections from before that were made with what it was then. */
    public int changes() {
        return changes.get();
    }

    /** Its keys and trust are those of the moment of each handshake. */
    public SSLContext context() {
        return context;
    }

    public TlsChoice choice() {
        return choice;
    }

    /** @param certificateNeeded whether who has none is refused; else those of other CAs are */
    public SSLParameters serverParameters(boolean certificateNeeded) {
        return choice.ofServer(certificateNeeded);
    }

    public SSLParameters clientParameters() {
        return choice.ofClient();
    }

    /** For a connection that was accepted, of which only nodes may make one. */
    public SSLEngine nodesOnlyEngine(String peerHost, int peerPort) {
        SSLEngine engine = context.createSSLEngine(peerHost, peerPort);
        engine.setUseClientMode(false);
        engine.setSSLParameters(serverParameters(true));
        return engine;
    }

    /** For a connection to another node, which must be the host that was meant. */
    public SSLEngine clientEngine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setSSLParameters(clientParameters());
        return engine;
    }

    /** Looks at the files, unless that was done within the last second. */
    private NodeCertificate current() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            look();
        }
        return current;
    }

    /** Takes up what has changed on disk, and tells of an end that comes near. Called now and then. */
    public void look() {
        synchronized (reading) {
            List<Object> there = stamp();
            if (!there.equals(seen)) {
                takeUp(there);
            } else {
                unusable = ""; // what was there before is there again
                toldUnusable = List.of();
            }
            tellEnd();
            tellMissing();
        }
    }

    /** What cannot be used now may be later, though no byte of it changes: want of a descriptor passes, and a start comes. */
    private void takeUp(List<Object> there) {
        try {
            NodeCertificate read = NodeCertificate.read(directory);
            SSLContext fresh = make();
            boolean same = read.own().equals(current.own());
            current = read;
            made = fresh;
            seen = there;
            unusable = "";
            changes.incrementAndGet();
            events.event(same ? "ca-changed" : "certificate-renewed", "ends", read.ends());
        } catch (IOException e) {
            if (there.equals(toldUnusable)) {
                return;
            }
            toldUnusable = there;
            unusable = "what lies in " + directory + " cannot be used, and will not be at the next start: "
                    + e.getMessage();
            events.event("certificate-not-renewed", "reason", String.valueOf(e.getMessage()), "ends", ends());
        }
    }

    private void tellEnd() {
        String ending = ending();
        Instant now = clock.instant();
        if (ending.isEmpty()) {
            told = null;
        } else if (told == null || !now.isBefore(told.plus(TELL_EVERY))) {
            told = now;
            events.event("certificate-ends-soon", "reason", ending, "next", "bin/setup NAME --tls-renew");
        }
    }

    private void tellMissing() {
        String missing = missing();
        if (!missing.equals(toldMissing)) {
            toldMissing = missing;
            if (!missing.isEmpty()) {
                events.event("certificate-not-for-this-node", "reason", missing);
            }
        }
    }

    private String missing() {
        CertificateNames names = CertificateNames.of(certificate());
        String missing = String.join(
                ",", hosts.stream().filter(host -> !names.covers(host)).toList());
        return missing.isEmpty()
                ? ""
                : "is not for %s, where others do not believe this node: bin/setup NAME --tls-renew --tls-host %s"
                        .formatted(missing, missing);
    }

    private List<Object> stamp() {
        return List.of(
                stamp(directory.resolve(NodeCertificate.OWN)), stamp(directory.resolve(NodeCertificate.TRUSTED)));
    }

    private static List<Object> stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** When the certificate in use ends. */
    public Instant ends() {
        return current.ends();
    }

    /** In words, while it ends within {@link #SOON}; else empty. */
    public String ending() {
        Duration left = Duration.between(clock.instant(), ends());
        if (left.compareTo(SOON) >= 0) {
            return "";
        }
        return left.isNegative()
                ? "ended at " + ends() + ": no node believes it"
                : "ends at " + ends() + ", in " + left.toDays() + " days";
    }

    /** In words, what is wrong with it or soon will be; else empty. */
    public String trouble() {
        return Stream.of(ending(), missing(), unusable)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /** The certificate in use. */
    public X509Certificate certificate() {
        return current.own();
    }

    /**
     * Somebody was refused; told unless it was just told.
     *
     * @param peer its host
     * @param where it was refused, one of few words
     */
    public void refused(String peer, String where, String reason) {
        if (refusedPeers.isNews(peer + " " + where)) {
            events.event("peer-refused", "peer", peer, "at", where, "reason", reason);
        }
    }

    /** The same of one whose handshake failed; nothing where that was told when its certificate was looked at. */
    public void refused(String peer, String where, SSLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return;
            }
        }
        refused(peer, where, String.valueOf(failure.getMessage()));
    }

    @Override
    public void close() {
        OPEN.remove(key);
    }
}
