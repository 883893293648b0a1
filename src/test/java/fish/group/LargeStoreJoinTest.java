package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Txn;
import fish.kv.Value;
import fish.store.LoneMaster;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new node with a small heap, and a store of large values that is larger than it. */
@Timeout(180)
class LargeStoreJoinTest {
    private static final int VALUES = 350;

    @TempDir
    Path homes;

    @ParameterizedTest
    @ValueSource(strings = {"electable", "secondary"})
    void aNewNodeIsFilledWithinItsHeap(String type) throws Exception {
        byte[] mebibyte = new byte[1 << 20];
        new Random(7).nextBytes(mebibyte);
        Path home = java.nio.file.Files.createDirectories(homes.resolve("master"));
        try (LoneMaster master = LoneMaster.in(home)) {
            for (int i = 0; i < VALUES; i++) {
                Operation put = new Operation.Put(Key.of("k" + i), new Value(mebibyte, "", ""), Operation.NO_TTL);
                assertThat(LoneMaster.await(master.send(Txn.of(put), Durability.MEMORY, 30_000)))
                        .isInstanceOf(Outcome.Committed.class);
            }
            assertThat(FreshJvm.run(
                            Joiner.class,
                            List.of("-Xmx256m"),
                            type,
                            homes.resolve("joiner").toString(),
                            master.address.toString(),
                            Long.toString(master.pen.lastRevision())))
                    .containsExactly("filled");
        }
    }
}
