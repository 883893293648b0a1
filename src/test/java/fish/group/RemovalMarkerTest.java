package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalMarkerTest {
    @TempDir
    Path home;

    @Test
    void whatWasWrittenIsRead() {
        RemovalMarker marker = new RemovalMarker(home);
        assertThat(marker.read()).isEmpty();
        marker.write(new RemovedException(1_796_000_000_000L));
        assertThat(marker.read()).map(RemovedException::atMillis).contains(1_796_000_000_000L);
    }

    /** A loss of power while it is written leaves the one before: it is not written over, but replaced. */
    @Test
    void itIsNotThereBeforeItIsWhole() throws Exception {
        RemovalMarker marker = new RemovalMarker(home);
        marker.write(new RemovedException(1));
        Path before = Files.createLink(home.resolve("before"), home.resolve(RemovalMarker.FILE));
        marker.write(new RemovedException(2));
        assertThat(before).hasContent("1\n1\n");
        assertThat(home.resolve(RemovalMarker.FILE)).hasContent("1\n2\n");
    }

    /** It is refused by the group alone then. */
    @Test
    void aDiskThatTakesNothingIsNoFailure() {
        new RemovalMarker(home.resolve("gone")).write(new RemovedException(1));
        assertThat(home.resolve("gone")).doesNotExist();
    }
}
