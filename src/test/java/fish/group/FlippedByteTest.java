package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.log.LogEntryType;
import fish.contract.NodeState;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.store.View;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One byte flipped in each file of a replica's home in turn, while the replica is down. */
@Timeout(180)
class FlippedByteTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int RECORDS = 200;
    private static final long SEED = 7;

    // Of an entry in JE's log.
    private static final int TYPE_AT = 4;
    private static final int FLAGS_AT = 5;
    private static final int SIZE_AT = 10;
    private static final int HEADER_BYTES = 14;
    private static final int REPLICATED = 0x20;
    private static final int HAS_VLSN = 0x08;
    private static final byte INVISIBLE = 0x10;
    private static final byte INSERTED = LogEntryType.LOG_INS_LN_TRANSACTIONAL.getTypeNum();
    private static final byte COMMITTED = LogEntryType.LOG_TXN_COMMIT.getTypeNum();

    @TempDir
    Path homes;

    @Test
    void itComesBackWithGoodDataByItself() throws Exception {
        Random random = new Random(SEED);
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.startAll(SOON);
            for (int i = 0; i < RECORDS; i++) {
                assertThat(group.put("k" + i, "v" + i)).isInstanceOf(Outcome.Committed.class);
            }
            String replica = group.member("b2").state() == NodeState.MASTER ? "b1" : "b2";
            group.stop(replica);
            for (Path file : filesOf(group.home(replica))) {
                if (Files.exists(file) && Files.size(file) > 0) {
                    flip(file, random);
                    group.start(replica);
                    awaitGoodData(group, replica, file);
                    group.stop(replica);
                    removeAsides(group.home(replica));
                }
            }
        }
    }

    /** JE leaves this bit out of its checksums, and goes on after a read that finds it. */
    @Test
    void anEntryThatCannotBeReadIsFoundByTheRead() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            String replica = stoppedReplica(group);
            Path log = group.home(replica).resolve("00000000.jdb");
            byte[] bytes = Files.readAllBytes(log);
            Entry hidden = entries(bytes).stream()
                    .filter(entry -> entry.type == INSERTED && entry.text(bytes).contains("k100"))
                    .findFirst()
                    .orElseThrow();
            bytes[hidden.at + FLAGS_AT] |= INVISIBLE;
            Files.write(log, bytes);
            group.start(replica);
            eventually(
                    SOON, () -> assertThat(value(group.member(replica), "k100")).isEqualTo("v100"));
        }
    }

    /** JE reads it only after it has begun to listen, and forgets that it does. */
    @Test
    void theLastCommitIsFoundWhileTheNodeOpens() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            String replica = stoppedReplica(group);
            Path log = group.home(replica).resolve("00000000.jdb");
            byte[] bytes = Files.readAllBytes(log);
            List<Entry> commits = entries(bytes).stream()
                    .filter(entry -> entry.type == COMMITTED && entry.begin - entry.at > HEADER_BYTES)
                    .toList();
            Entry last = commits.get(commits.size() - 1);
            bytes[last.begin + last.size / 2] ^= 0x10;
            Files.write(log, bytes);
            group.start(replica);
            awaitGoodData(group, replica, log);
            assertThat(group.told(replica).events).containsSubsequence("set-aside", "filled");
        }
    }

    /** Of a group of three that holds all records. */
    private static String stoppedReplica(BackEnds group) throws Exception {
        for (String name : List.of("b0", "b1", "b2")) {
            group.start(name);
            group.awaitIn(name, SOON);
        }
        for (int i = 0; i < RECORDS; i++) {
            assertThat(group.put("k" + i, "v" + i)).isInstanceOf(Outcome.Committed.class);
        }
        String replica = group.member("b2").state() == NodeState.MASTER ? "b1" : "b2";
        group.stop(replica);
        return replica;
    }

    private static String value(Membership member, String key) {
        View.Page page = member.store().committed(new Query.Get(Key.of(key), true), 0, 0);
        OpResult.Got got = (OpResult.Got) page.result().results().get(0);
        return new String(got.record().value().bytes(), StandardCharsets.UTF_8);
    }

    /**
     * One of JE's log.
     *
     * @param begin where what it says begins, behind its header
     */
    private record Entry(byte type, int at, int begin, int size) {
        String text(byte[] bytes) {
            return new String(bytes, begin, size, StandardCharsets.ISO_8859_1);
        }
    }

    private static List<Entry> entries(byte[] bytes) {
        ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Entry> entries = new ArrayList<>();
        for (int at = 0; at + HEADER_BYTES <= bytes.length && bytes[at + TYPE_AT] != 0; ) {
            boolean vlsn = (bytes[at + FLAGS_AT] & (REPLICATED | HAS_VLSN)) != 0;
            int begin = at + HEADER_BYTES + (vlsn ? Long.BYTES : 0);
            Entry entry = new Entry(bytes[at + TYPE_AT], at, begin, numbers.getInt(at + SIZE_AT));
            entries.add(entry);
            at = begin + entry.size;
        }
        return entries;
    }

    private static List<Path> filesOf(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void flip(Path file, Random random) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = random.nextLong(bytes.length());
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            bytes.write(before ^ 0x10);
        }
    }

    private static void awaitGoodData(BackEnds group, String name, Path flipped) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            all.add("k" + i);
        }
        eventually(SOON, () -> {
            assertThat(group.told(name).failures).as("%s", flipped).isEmpty();
            assertThat(keys(group.member(name)))
                    .as("%s: %s", flipped, group.told(name).lines)
                    .containsExactlyInAnyOrderElementsOf(all);
        });
    }

    private static List<String> keys(Membership member) {
        Query everything = new Query.Range(new byte[0], new byte[0], false, true, Query.Range.LIMIT_MAX, 1 << 20);
        View.Page page = member.store().committed(everything, 0, 0);
        List<String> keys = new ArrayList<>();
        for (OpResult result : page.result().results()) {
            keys.add(((OpResult.OfKey) result).key().toString());
        }
        return keys;
    }

    /** As somebody does who was told of them. */
    private static void removeAsides(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            for (Path aside : files.filter(Files::isDirectory).toList()) {
                for (Path file : filesOf(aside)) {
                    Files.delete(file);
                }
                Files.delete(aside);
            }
        }
    }
}
