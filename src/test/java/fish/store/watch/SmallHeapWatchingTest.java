package fish.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import fish.group.FreshJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class SmallHeapWatchingTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"watchers", "nuls"})
    void changesAreToldWithinTheHeap(String what) throws Exception {
        assertThat(FreshJvm.run(SmallHeapWatching.class, List.of("-Xmx256m"), what, home.toString()))
                .contains("served")
                .noneMatch(line -> line.contains("Error") || line.contains("Exception") || line.startsWith("a page"));
    }
}
