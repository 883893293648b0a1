package fish.back;

import fish.conf.ByteSize;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.conf.Setting;
import fish.conf.SettingTable;
import fish.conf.SettingValues;
import fish.conf.Surroundings;
import fish.contract.Words;
import fish.kv.Durability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that a back-end is told. */
public record BackSettings(NodeSettings node) {
    private static final SettingTable TABLE = SettingTable.with(NodeSettings.TABLE);

    public static final Setting<Integer> PORT = TABLE.add(NodeSettings.port(5000));
    public static final Setting<Boolean> WANT_MASTER =
            TABLE.add(Setting.flag("want-master", "found the group, in a home that has never been in one"));
    public static final Setting<Integer> PRIORITY = TABLE.add(Setting.integer(
            "priority", 1, 0, 1_000, "who wins an election between equally up-to-date nodes; 0: never master"));
    public static final Setting<Durability> DURABILITY = TABLE.add(Setting.choice(
            "durability",
            Durability.QUORUM,
            Words.DURABILITIES,
            "of writes that ask for none: memory, master, quorum, all or sites"));
    public static final Setting<Integer> BATCH_OPERATIONS = TABLE.add(
            Setting.integer("batch-operations", 1_000, 1, 100_000, "committed together at most; 1: none waits"));
    public static final Setting<ByteSize> BATCH_BYTES =
            TABLE.add(Setting.size("batch-bytes", "8MiB", "64KiB", "64MiB", "committed together at most"));
    public static final Setting<Integer> QUEUE_OPERATIONS =
            TABLE.add(Setting.integer("queue-operations", 20_000, 1, 1_000_000, "waiting to be committed at most"));
    public static final Setting<ByteSize> FREE_DISK = TABLE.add(
            Setting.size("free-disk", "256MiB", "0", "1TiB", "writes are refused while the disk has less room"));
    public static final Setting<ByteSize> MAX_DISK = TABLE.add(
            Setting.size("max-disk", "0", "0", "1024TiB", "writes are refused while the data takes more; 0: no limit"));
    public static final Setting<Duration> FEEDER_TIMEOUT = TABLE.add(
            Setting.duration("feeder-timeout", "2s", "1s", "5m", "silence after which a master gives a replica up"));
    public static final Setting<Duration> ELECTION_TIMEOUT =
            TABLE.add(Setting.duration("election-timeout", "300ms", "50ms", "2s", "for each answer in an election"));
    public static final Setting<Duration> ACK_TIMEOUT = TABLE.add(Setting.duration(
            "ack-timeout", "6s", "100ms", "5m", "a commit waits so long for the other nodes before it is unknown"));

    public static final List<Setting<?>> SETTINGS = TABLE.all();

    /** What a setting is set to. */
    public <T> T get(Setting<T> setting) {
        return node.get(setting);
    }

    private static final long MAX_DISK_MIN = 32L << 20;

    /** @throws ProgramException with all that is wrong */
    public static BackSettings from(SettingValues values, Surroundings surroundings) throws ProgramException {
        List<String> problems = new ArrayList<>(NodeSettings.problems(values, PORT, surroundings));
        problems.addAll(timeoutProblems(values));
        problems.addAll(diskProblems(values));
        if (!problems.isEmpty()) {
            throw ProgramException.wrong(problems);
        }
        return new BackSettings(NodeSettings.from(values, PORT, surroundings));
    }

    private static List<String> timeoutProblems(SettingValues values) {
        Optional<Duration> feeder = values.find(FEEDER_TIMEOUT);
        Optional<Duration> replica = values.find(NodeSettings.REPLICA_TIMEOUT);
        Optional<Duration> heartbeat = values.find(NodeSettings.HEARTBEAT);
        if (feeder.isEmpty() || replica.isEmpty() || heartbeat.isEmpty()) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        if (feeder.get().compareTo(replica.get()) >= 0) {
            problems.add("feeder-timeout is not below replica-timeout: a master that is cut off must leave office"
                    + " before the others can elect the next");
        }
        if (heartbeat.get().multipliedBy(2).compareTo(feeder.get()) > 0) {
            problems.add("feeder-timeout is less than twice the heartbeat");
        }
        return problems;
    }

    private static List<String> diskProblems(SettingValues values) {
        boolean tooSmall = values.find(MAX_DISK)
                .filter(max -> max.bytes() > 0 && max.bytes() < MAX_DISK_MIN)
                .isPresent();
        return tooSmall
                ? List.of("max-disk is below 32MiB, which a store needs to clean up after itself; 0 is no limit")
                : List.of();
    }
}
