package fish.store;

import static org.assertj.core.api.Assertions.assertThat;

import fish.group.FreshJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SmallHeapSnapshotTest {
    @TempDir
    Path home;

    /** All that changes while a long count goes on is looked at, and not held. */
    @Test
    void whatChangesMeanwhileIsNotHeld() throws Exception {
        assertThat(FreshJvm.run(SmallHeapSnapshot.class, List.of("-Xmx112m"), home.toString()))
                .contains("counted [Counted[count=0]] and nothing")
                .noneMatch(line -> line.contains("OutOfMemoryError"));
    }
}
