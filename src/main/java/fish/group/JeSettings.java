package fish.group;

import com.sleepycat.je.DbInternal;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.rep.NoConsistencyRequiredPolicy;
import com.sleepycat.je.rep.NodeType;
import com.sleepycat.je.rep.ReplicationConfig;
import com.sleepycat.je.rep.ReplicationNetworkConfig;
import fish.contract.HostPort;
import fish.contract.NodeName;
import fish.jefix.GuardedChannels;
import fish.kv.Durability;
import fish.store.JeDurability;
import fish.tls.NodeTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How Fish sets JE. All of it is set here: a home with a {@code je.properties} of its own is refused.
 * Durations are written with their unit, since JE takes a bare number for microseconds.
 */
public final class JeSettings {
    /** Open log files that JE keeps, the largest part of what it needs of the process's descriptors. */
    static final int LOG_FILES_OPEN = 100;

    private static final long CHECKPOINT_BYTES = 128L << 20;

    private JeSettings() {}

    /** The same for both kinds of node. */
    public static EnvironmentConfig environment(NodeOptions options) {
        EnvironmentConfig config = new EnvironmentConfig();
        DbInternal.setLoadPropertyFile(config, false);
        config.setAllowCreate(true);
        config.setTransactional(true);
        // Of a commit that asks for none.
        config.setDurability(JeDurability.of(Durability.QUORUM));
        config.setCacheSize(options.cacheBytes());
        // A record stays locked while its commit waits for acknowledgements.
        config.setLockTimeout(options.timeouts().ack().plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        // Readers of different records would otherwise share one latch.
        config.setConfigParam(EnvironmentConfig.LOCK_N_LOCK_TABLES, "17");
        limitDisk(config, new DiskLimits(options.freeDiskBytes(), options.maxDiskBytes()));
        // JE's own default, which the budget of descriptors counts on.
        config.setConfigParam(EnvironmentConfig.LOG_FILE_CACHE_SIZE, Integer.toString(LOG_FILES_OPEN));
        // Fewer, larger checkpoints: less to write at a steady rate, for a longer recovery.
        config.setConfigParam(EnvironmentConfig.CHECKPOINTER_BYTES_INTERVAL, Long.toString(CHECKPOINT_BYTES));
        // JE's own default drops, without a word, the commits that come after a damaged byte.
        config.setConfigParam(EnvironmentConfig.HALT_ON_COMMIT_AFTER_CHECKSUMEXCEPTION, "true");
        // JE's own would read all files each midnight, on all nodes at once. Of any damaged byte, also where nobody
        // needs it, it closes the store and leaves a file that keeps it from opening: damage on two of three disks
        // could leave nobody to fill them from. JE looks at what it reads in any case, and LogCheck at the rest.
        config.setConfigParam(EnvironmentConfig.ENV_RUN_VERIFIER, "false");
        // Otherwise a file of statistics grows in the home.
        config.setConfigParam(EnvironmentConfig.STATS_COLLECT, "false");
        return config;
    }

    private static void limitDisk(EnvironmentConfig config, DiskLimits limits) {
        config.setConfigParam(EnvironmentConfig.FREE_DISK, Long.toString(limits.jeFreeBytes()));
        config.setConfigParam(EnvironmentConfig.MAX_DISK, Long.toString(limits.jeMaxBytes()));
        config.setConfigParam(EnvironmentConfig.RESERVED_DISK, Long.toString(limits.jeReservedBytes()));
        config.setConfigParam(EnvironmentConfig.LOG_FILE_MAX, Long.toString(limits.logFileBytes()));
    }

    /**
     * For a back-end, which votes and acknowledges.
     *
     * @throws IllegalArgumentException if the home holds a {@code je.properties}
     * @throws IllegalStateException if hosts that it cannot do without cannot be looked up now
     */
    public static ReplicationConfig backEnd(NodeOptions options) {
        ReplicationConfig config = replication(options, options.name(), NodeType.ELECTABLE);
        config.setNodePriority(options.priority());
        return config;
    }

    /**
     * For a front-end, which only follows.
     *
     * @throws IllegalArgumentException as {@link #backEnd}
     */
    public static ReplicationConfig frontEnd(NodeOptions options) {
        return replication(options, options.name(), NodeType.SECONDARY);
    }

    /**
     * For a back-end whose home is to be filled. It follows as a front-end does, under a name of its own,
     * since JE keeps the name of a member for one that votes.
     *
     * @throws IllegalArgumentException as {@link #backEnd}
     */
    static ReplicationConfig filling(NodeOptions options) {
        return replication(options, options.name() + NodeName.FILLING_SUFFIX, NodeType.SECONDARY);
    }

    private static ReplicationConfig replication(NodeOptions options, String name, NodeType type) {
        whyHomeIsWrong(options.home()).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
        ReplicationConfig config =
                new ReplicationConfig(options.group(), name, options.address().toString());
        config.setNodeType(type);
        config.setHelperHosts(helpers(options));
        // Every read says itself how fresh it must be; JE's default makes each one, and even opening a
        // database, wait up to an hour while there is no master.
        config.setConsistencyPolicy(NoConsistencyRequiredPolicy.NO_CONSISTENCY);
        // A node that would have to undo commits known as durable stops instead of losing them silently. Not
        // 0: JE counts the last commit that stays, too, unless that is an empty one, and would stop every
        // node that undoes no more than what nobody acknowledged.
        config.setConfigParam(ReplicationConfig.TXN_ROLLBACK_LIMIT, "1");
        // One writer's commits come one after the other: to wait for more before an fsync only delays.
        config.setConfigParam(ReplicationConfig.REPLICA_MAX_GROUP_COMMIT, "0");
        // JE's own default encodes names as the platform does, so that two nodes may differ.
        config.setConfigParam(ReplicationConfig.PROTOCOL_OLD_STRING_ENCODING, "false");
        config.setRepNetConfig(network(options.transport()));
        waitForNodes(config, options.timeouts());
        waitForMaster(config);
        return config;
    }

    /** How JE's connections are made, also by its tools. */
    public static ReplicationNetworkConfig network(NodeTransport transport) {
        return ReplicationNetworkConfig.createDefault()
                .setChannelFactoryClass(GuardedChannels.class.getName())
                .setChannelFactoryParams(transport.key());
    }

    /** Those that can be looked up: JE refuses to open for one that cannot, though another would do. */
    private static String helpers(NodeOptions options) {
        Set<HostPort> known =
                options.helpers().stream().filter(HostPort::isKnown).collect(Collectors.toSet());
        requireKnown(options.address().isKnown(), options.address());
        // One with data knows the group from there.
        boolean enough = !known.isEmpty() || options.helpers().isEmpty() || NodeOptions.hasData(options.home());
        requireKnown(enough, options.helpers());
        return known.stream().map(HostPort::toString).sorted().collect(Collectors.joining(","));
    }

    /** Not wrong for good: names come and go with what looks them up. */
    private static void requireKnown(boolean known, Object what) {
        if (!known) {
            throw new IllegalStateException(what + " cannot be looked up now");
        }
    }

    /**
     * Why JE cannot be opened there as it is set here; empty where it can. A file of JE's own settings overrides what
     * replication is told in code, and JE cannot be told not to look.
     */
    public static Optional<String> whyHomeIsWrong(Path home) {
        Path file = home.resolve("je.properties");
        return Files.exists(file)
                ? Optional.of(file + " would override how Fish sets JE: remove it")
                : Optional.empty();
    }

    private static void waitForNodes(ReplicationConfig config, Timeouts timeouts) {
        config.setConfigParam(
                "je.rep.heartbeatInterval", Long.toString(timeouts.heartbeat().toMillis()));
        set(config, ReplicationConfig.FEEDER_TIMEOUT, timeouts.feeder());
        set(config, ReplicationConfig.REPLICA_TIMEOUT, timeouts.replica());
        set(config, ReplicationConfig.REPLICA_ACK_TIMEOUT, timeouts.ack());
        set(config, "je.rep.electionsOpenTimeout", timeouts.election());
        set(config, "je.rep.electionsReadTimeout", timeouts.election());
        set(config, "je.rep.repGroupOpenTimeout", Duration.ofSeconds(1));
        set(config, "je.rep.repGroupReadTimeout", Duration.ofSeconds(1));
        set(config, "je.rep.repstreamOpenTimeout", Duration.ofSeconds(2));
        set(config, "je.rep.preHeartbeatTimeoutMs", Duration.ofSeconds(5));
        // A write that finds no majority fails before it has changed anything, and soon.
        set(config, ReplicationConfig.INSUFFICIENT_REPLICAS_TIMEOUT, Duration.ofSeconds(1));
        // How soon a master notices that it is none, and tells replicas what is durable when idle.
        set(config, "je.rep.feederManagerPollTimeout", Duration.ofMillis(100));
        // How soon a master that was cut off hears of its successor; JE's own default is a minute.
        set(config, ReplicationConfig.ELECTIONS_REBROADCAST_PERIOD, Duration.ofSeconds(2));
    }

    private static void waitForMaster(ReplicationConfig config) {
        // A node that was in a group opens without a master, to serve what it has.
        set(config, ReplicationConfig.ENV_UNKNOWN_STATE_TIMEOUT, Duration.ofSeconds(5));
        set(config, ReplicationConfig.ENV_SETUP_TIMEOUT, Duration.ofSeconds(60));
    }

    /** For a node whose disk is full, which JE will not let follow anybody: it would wait in vain. */
    static void openAtOnce(ReplicationConfig config) {
        set(config, ReplicationConfig.ENV_UNKNOWN_STATE_TIMEOUT, Duration.ofMillis(200));
    }

    private static void set(ReplicationConfig config, String parameter, Duration value) {
        config.setConfigParam(parameter, value.toMillis() + " ms");
    }
}
