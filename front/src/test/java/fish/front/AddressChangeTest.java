package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
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
            // Known there already.
            group.stop(moved);
            group.start(moved);
            eventually(SOON, () -> assertThat(
                            group.probe("r0").put("a", "2").send().isSuccess())
                    .isTrue());
            assertThat(group.failures()).isEmpty();
        }
    }

    /** It fell before it noted where it moved to; or its disk is an older copy. */
    @Test
    void whatItNotedOfItselfDoesNotCount() throws Exception {
        try (GroupInJvm group = new GroupInJvm(homes, 3, 1)) {
            group.start();
            String moved = group.master(SOON).equals("b2") ? "b1" : "b2";
            int before = group.port(moved);
            Path noted = homes.resolve(moved).resolve("address");
            byte[] notedBefore = Files.readAllBytes(noted);
            group.stop(moved);
            group.move(moved);
            group.start(moved);
            group.stop(moved);
            Files.write(noted, notedBefore);

            // The address that is free now goes to another one, and comes back when that leaves it.
            String other = moved.equals("b1") ? "b2" : "b1";
            if (other.equals(group.master(SOON))) {
                other = "b0";
            }
            group.start(moved);
            group.stop(other);
            int others = group.port(other);
            group.moveTo(other, before);
            group.start(other);
            group.stop(moved);
            Files.write(noted, notedBefore);
            int moves = group.port(moved);
            group.moveTo(moved, before);
            String taken = "the address localhost:" + before + " is that of " + other;
            assertThatThrownBy(() -> group.start(moved)).hasMessageContaining(taken);
            group.stop(moved);
            group.moveTo(moved, moves);
            group.start(moved);

            group.stop(other);
            group.moveTo(other, others);
            group.start(other);
            group.stop(moved);
            Files.write(noted, notedBefore);
            group.moveTo(moved, before);
            group.start(moved);
            String address = "\"address\":\"localhost:" + before + "\"";
            eventually(SOON, () -> assertThat(cluster(group)).contains(address));
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
            group.moveTo("b2", group.port("b1"));
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
