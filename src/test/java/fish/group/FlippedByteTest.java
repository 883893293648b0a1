package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.kv.OpResult;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.store.View;
import java.io.IOException;
import java.io.RandomAccessFile;
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

    @TempDir
    Path homes;

    @Test
    void itComesBackWithGoodDataByItself() throws Exception {
        Random random = new Random(SEED);
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.start("b0");
            eventually(SOON, () -> assertThat(group.master()).isPresent());
            group.start("b1");
            group.start("b2");
            awaitIn(group, "b1");
            awaitIn(group, "b2");
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

    private static void awaitIn(BackEnds group, String name) {
        eventually(SOON, () -> assertThat(group.member(name).state()).isIn(NodeState.REPLICA, NodeState.MASTER));
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
