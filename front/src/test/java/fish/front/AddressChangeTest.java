package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Back-ends that start at another address than before, or at that of another one. */
@Timeout(180)
class AddressChangeTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path homes;

    @Test
    void aBackEndIsFollowedAtItsNewAddress() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 1)) {
            group.start();
            String moved = group.master(SOON).equals("b2") ? "b1" : "b2";
            group.stop(moved);
            group.move(moved);
            group.start(moved);
            assertThat(group.log()).anyMatch(line -> line.contains("address-changed"));
            String address = "\"address\":\"localhost:" + group.port(moved) + "\"";
            eventually(SOON, () -> assertThat(cluster(group)).contains(address));

            // The others call it there: without one of them the two that are left are a majority.
            String other = moved.equals("b1") ? "b2" : "b1";
            group.stop(other.equals(group.master(SOON)) ? "b0" : other);
            eventually(SOON, () -> assertThat(
                            group.probe("r0").put("a", "1").send().isSuccess())
                    .isTrue());
            // Known there already, it asks nobody when it starts again.
            group.stop(moved);
            group.start(moved);
            eventually(SOON, () -> assertThat(
                            group.probe("r0").put("a", "2").send().isSuccess())
                    .isTrue());
            assertThat(group.failures()).isEmpty();
        }
    }

    @Test
    void aGroupOfOneSaysWhatToDo() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 1, 0)) {
            group.start();
            int before = group.port("b0");
            group.stop("b0");
            group.move("b0");
            assertThatThrownBy(() -> group.start("b0"))
                    .hasMessageContaining("the group knows b0 at localhost:" + before)
                    .hasMessageContaining("--restore");
            assertThat(group.log()).noneMatch(line -> line.contains("Stacktrace"));
        }
    }

    @Test
    void aDeadMembersAddressIsRefusedToANewName() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 1)) {
            group.start("b0");
            group.start("b1", "r0");
            group.stop("b1");
            group.moveTo("b2", "b1");
            assertThatThrownBy(() -> group.start("b2"))
                    .hasMessageContaining("the address localhost:" + group.port("b1") + " is that of b1")
                    .hasMessageContaining("curl -X DELETE http://FRONT-END/cluster/nodes/b1");
            assertThat(group.log()).noneMatch(line -> line.contains("Stacktrace"));
        }
    }

    private static String cluster(GroupInJvm group) throws Exception {
        return group.probe("r0").request("GET", "/cluster").send().text();
    }
}
