package fish.testing;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node of a {@link FishGroup}: its program, again and again, at one address. Thread-safe. */
public final class FishNode implements AutoCloseable {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    private final Programs programs;
    private final String name;
    private final String role;
    private final List<String> prefix;
    private final List<String> arguments;
    private final String address;
    private final URI http;
    private final Supplier<Access> access;
    private @Nullable HttpProbe probe;
    private @Nullable Program running;
    private int endings;

    FishNode(
            Programs programs,
            String name,
            String role,
            List<String> prefix,
            List<String> arguments,
            String address,
            URI http,
            Supplier<Access> access) {
        this.programs = programs;
        this.name = name;
        this.role = role;
        this.prefix = List.copyOf(prefix);
        this.arguments = List.copyOf(arguments);
        this.address = address;
        this.http = http;
        this.access = access;
    }

    public String name() {
        return name;
    }

    /** {@code back} or {@code front}. */
    public String role() {
        return role;
    }

    /** Replication's HOST:PORT. */
    public String address() {
        return address;
    }

    public URI http() {
        return http;
    }

    /** A client with a timeout of two seconds, once the group can be got into. */
    public synchronized HttpProbe probe() {
        HttpProbe made = probe;
        if (made == null) {
            made = access.get().probe(http, PROBE_TIMEOUT);
            probe = made;
        }
        return made;
    }

    /**
     * Starts the program unless it runs; does not wait until it is ready.
     *
     * @param more options, such as {@code --buddy} for a home that is new again
     */
    public synchronized Program start(String... more) {
        Program last = running;
        if (last != null && last.isAlive()) {
            return last;
        }
        endings += last != null && last.endedByItself() ? 1 : 0;
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        Program next = programs.start(name, prefix, role, all);
        running = next;
        return next;
    }

    /** The program, which may have ended. */
    public synchronized Program program() {
        if (running == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return running;
    }

    /** How often the program ended although nobody here ended it. */
    public synchronized int endedByItself() {
        return endings + (running != null && running.endedByItself() ? 1 : 0);
    }

    public boolean isMaster() {
        return role.equals("back") && probe().isOk("/health/ready?master");
    }

    @Override
    public synchronized void close() {
        if (running != null) {
            running.close();
        }
    }
}
