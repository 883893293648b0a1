package fish.conf;

import fish.budget.HeapBudget;
import fish.contract.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What back-ends and front-ends alike are told: the settings, and what was made of them. Immutable.
 */
public final class NodeSettings {
    /** Those of every node but its port, whose default differs. */
    public static final SettingTable TABLE = new SettingTable();

    /** JE takes no lower one, be it a node's own or another's. */
    private static final int REPLICATION_PORT_MIN = 1024;

    public static final Setting<String> DIR =
            TABLE.add(Setting.text("dir", "the node's home: a name under database/ (or $FISH_DATA), or a path"));
    public static final Setting<String> NAME =
            TABLE.add(Setting.identifier("name", "", "the node's name in the group; default: the last part of --dir"));
    public static final Setting<String> GROUP = TABLE.add(Setting.identifier("group", "fish", "the group's name"));
    public static final Setting<HostPort> ADDRESS = TABLE.add(
            Setting.hostPort("address", REPLICATION_PORT_MIN, "HOST:PORT where the other nodes reach this one"));
    public static final Setting<List<HostPort>> BUDDY = TABLE.add(Setting.hostPorts(
            "buddy", REPLICATION_PORT_MIN, "HOST:PORT of any member of the group; may be given several times"));
    public static final Setting<HostPort> HTTP_ADDRESS = TABLE.add(Setting.hostPort(
            "http-address", 0, "HOST:PORT of HTTP; default: the host of --address, the port of --port"));
    public static final Setting<Boolean> INSECURE =
            TABLE.add(Setting.flag("insecure", "serve on addresses other than loopback without TLS"));
    public static final Setting<List<String>> TLS_PROTOCOLS = TABLE.add(
            Setting.words("tls-protocols", "TLSv1.3,TLSv1.2", "versions of TLS that are spoken, the best first"));
    public static final Setting<List<String>> TLS_CIPHERS = TABLE.add(Setting.words(
            "tls-ciphers",
            "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256,"
                    + "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
                    + "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
                    + "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "Java's names of cipher suites, the best first"));
    public static final Setting<List<String>> ALLOWED_ORIGINS = TABLE.add(Setting.origins(
            "allowed-origins", "pages of these may use this node from a browser: https://host:port; none but its own"));
    public static final Setting<ByteSize> CACHE = TABLE.add(Setting.heapShare(
            "cache",
            HeapBudget.CACHE_PERCENT + "%",
            Runtime.getRuntime().maxMemory(),
            "of what is stored; a share of the heap or a size"));
    public static final Setting<ByteSize> VALUE_MAX =
            TABLE.add(Setting.size("value-max", "1MiB", "1B", "8MiB", "largest value"));
    public static final Setting<Duration> REQUEST_TIMEOUT = TABLE.add(
            Setting.duration("request-timeout", "10s", "1ms", "5m", "how long a request may take that does not say"));
    public static final Setting<Integer> REQUESTS_IN_FLIGHT =
            TABLE.add(Setting.integer("requests-in-flight", 20_000, 1, 1_000_000, "requests served at once"));
    public static final Setting<Duration> SHUTDOWN_TIMEOUT =
            TABLE.add(Setting.duration("shutdown-timeout", "20s", "1s", "10m", "how long a clean stop may take"));
    public static final Setting<Duration> HEARTBEAT =
            TABLE.add(Setting.duration("heartbeat", "250ms", "100ms", "10s", "between nodes"));
    public static final Setting<Duration> REPLICA_TIMEOUT = TABLE.add(Setting.duration(
            "replica-timeout", "4s", "1500ms", "5m", "silence after which a node gives its master up"));

    /** In a home: the directory of its certificates, with which no address is open to all. */
    public static final String TLS = "tls";

    private final SettingValues values;
    private final Path home;
    private final String name;
    private final HostPort http;

    private NodeSettings(SettingValues values, Path home, String name, HostPort http) {
        this.values = values;
        this.home = home;
        this.name = name;
        this.http = http;
    }

    /** {@code --port}, the one whose default differs. */
    public static Setting<Integer> port(int standard) {
        return Setting.integer("port", standard, 0, 65_535, "HTTP; 0: a free one; environment: PORT");
    }

    /** What a setting is set to, by whoever was strongest. */
    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** Where the node keeps what it has; see {@code fish.home}. */
    public Path home() {
        return home;
    }

    public String name() {
        return name;
    }

    public String group() {
        return get(GROUP);
    }

    /** All that are set, by name, as text for people. */
    public Map<String, String> told() {
        return values.told();
    }

    /** Where the other nodes reach this one. */
    public HostPort address() {
        return get(ADDRESS);
    }

    /** Members of the group, as many as were named; may be none in a node that was in it before. */
    public List<HostPort> buddies() {
        return values.find(BUDDY).orElse(List.of());
    }

    /** Whose pages may do here what their user may. */
    public List<String> allowedOrigins() {
        return values.find(ALLOWED_ORIGINS).orElse(List.of());
    }

    /** Where it serves and what others are told; port 0 is a free one. */
    public HostPort http() {
        return http;
    }

    /** What is wrong with them, alone and together; empty where {@link #from} can be called. */
    public static List<String> problems(SettingValues values, Setting<Integer> port, Surroundings surroundings) {
        List<String> problems = new ArrayList<>(values.problems());
        if (values.find(DIR).isEmpty()) {
            problems.add("--dir is missing: the node's home, made by bin/setup");
        } else if (values.find(NAME).isEmpty()) {
            try {
                Setting.checkName(lastPart(values, surroundings));
            } catch (IllegalArgumentException e) {
                problems.add("--dir ends in \"%s\", which is no name for a node: %s; use --name"
                        .formatted(lastPart(values, surroundings), e.getMessage()));
            }
        }
        boolean addressGiven = values.find(ADDRESS).isPresent();
        if (!addressGiven && values.problems().stream().noneMatch(problem -> problem.contains("address"))) {
            problems.add("--address is missing: HOST:PORT where the other nodes reach this one");
        }
        if (addressGiven && values.find(port).isPresent()) {
            problems.addAll(unusable(values, port, surroundings));
        }
        if (values.find(HEARTBEAT).isPresent()
                && values.find(REPLICA_TIMEOUT).isPresent()
                && values.get(HEARTBEAT).multipliedBy(2).compareTo(values.get(REPLICA_TIMEOUT)) >= 0) {
            problems.add("replica-timeout is not above twice the heartbeat");
        }
        return problems;
    }

    /** @throws IllegalStateException where there are {@link #problems} */
    public static NodeSettings from(SettingValues values, Setting<Integer> port, Surroundings surroundings) {
        return new NodeSettings(
                values,
                surroundings.home(values.get(DIR)),
                values.find(NAME).orElseGet(() -> lastPart(values, surroundings)),
                http(values, port));
    }

    /** Its own addresses that cannot be looked up, or that others reach though that was not allowed. */
    private static List<String> unusable(SettingValues values, Setting<Integer> port, Surroundings surroundings) {
        HostPort address = values.get(ADDRESS);
        HostPort http = http(values, port);
        boolean allowed = values.find(INSECURE).orElse(false)
                || values.find(DIR)
                        .map(dir -> Files.exists(surroundings.home(dir).resolve(TLS)))
                        .orElse(false);
        List<String> problems = new ArrayList<>();
        whyUnusable(address, allowed).ifPresent(why -> problems.add("--address " + why));
        if (!http.host().equals(address.host())) {
            whyUnusable(http, allowed).ifPresent(why -> problems.add("--http-address " + why));
        }
        return problems;
    }

    private static Optional<String> whyUnusable(HostPort address, boolean allowed) {
        if (!address.isKnown()) {
            return Optional.of("%s cannot be looked up: %s is not known here".formatted(address, address.host()));
        }
        return allowed || address.isLoopback()
                ? Optional.empty()
                : Optional.of("%s is not a loopback address: whoever reaches it may read and change everything;"
                                .formatted(address)
                        + " make its home with bin/setup NAME --tls --tls-host %s, or give the one that is there a certificate"
                                .formatted(address.host())
                        + " with --tls-renew in place of --tls; or allow that with --insecure");
    }

    private static HostPort http(SettingValues values, Setting<Integer> port) {
        return values.find(HTTP_ADDRESS)
                .orElseGet(() -> new HostPort(values.get(ADDRESS).host(), values.get(port)));
    }

    private static String lastPart(SettingValues values, Surroundings surroundings) {
        Path last = surroundings.home(values.get(DIR)).getFileName();
        return last == null ? "" : last.toString();
    }
}
