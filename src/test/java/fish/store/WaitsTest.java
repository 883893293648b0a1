package fish.store;

import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Txn;
import fish.testing.Standard;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store tells of reads that had to wait. */
class WaitsTest {
    private static final int RECORDS = 500;

    @TempDir
    Path home;

    private static void read(Store store, int record) {
        View.Page page = store.committed(new Query.Get(Key.of("k" + record), true), 0, 0);
        assertThat(page.result().results()).hasSize(1);
    }

    @Test
    void aReadFromAFileCountsAndOneFromMemoryDoesNot() {
        HostPort address;
        try (LoneMaster master = LoneMaster.in(home)) {
            address = master.address;
            List<Operation> puts = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                puts.add(LoneMaster.putting("k" + i, "x".repeat(5_000)));
            }
            for (int i = 0; i < RECORDS; i += 100) {
                master.run(new Txn(List.of(), puts.subList(i, i + 100), List.of()));
            }
        }
        try (LoneMaster again = new LoneMaster(home, Standard.penLimits(), Clock.systemUTC(), address)) {
            long opened = again.store.waits();
            for (int i = 0; i < RECORDS; i++) {
                read(again.store, i);
            }
            long read = again.store.waits();
            assertThat(read).isGreaterThan(opened);
            for (int i = 0; i < RECORDS; i++) {
                read(again.store, i);
            }
            assertThat(again.store.waits()).isEqualTo(read);
        }
    }
}
