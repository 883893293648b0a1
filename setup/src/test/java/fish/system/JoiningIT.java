package fish.system;

import static org.assertj.core.api.Assertions.assertThat;

import fish.system.SharedGroup.Running;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that are let into a group, and nodes that are not. */
@ExtendWith(SharedGroup.class)
@Timeout(400)
class JoiningIT {
    private static final Duration TOLD_MAX = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(60);

    @Test
    void nodesThatAreStartedBeforeTheirGroupSaySoAndServeOnceItIsThere() throws IOException {
        try (Programs programs = Programs.ofBuild()) {
            String founder = address(programs);
            programs.setup("early-front");
            programs.setup("founder");
            Program front = programs.front(
                    "--dir", "early-front", "--address", address(programs), "--port", "0", "--buddy", founder);
            assertThat(front.awaitLine(TOLD_MAX, line -> line.contains("event=waiting-for-buddy")))
                    .startsWith("err ")
                    .contains(founder);
            assertThat(front.isAlive()).isTrue();

            Program back = programs.back("--dir", "founder", "--address", founder, "--port", "0", "--want-master");
            back.awaitReady(SharedGroup.START_MAX);
            URI url = front.awaitReady(SharedGroup.START_MAX);
            HttpProbe probe = Running.probe(url);
            assertThat(probe.put("first", "word").send().status()).isEqualTo(201);
            assertThat(probe.get("first").send().text()).isEqualTo("word");

            assertThat(front.terminate(END_MAX)).isZero();
            assertThat(back.terminate(END_MAX)).isZero();
        }
    }

    @Test
    void aNodeOfAnotherGroupIsRefused(Running running) {
        running.programs().setup("stranger");
        Program stranger = joining(running, "back", "stranger", "--group", "birds");
        assertThat(stranger.awaitExit(END_MAX)).isEqualTo(1);
        assertThat(stranger.output()).anyMatch(line -> line.startsWith("err ") && line.contains("not of group birds"));
    }

    @Test
    void aSecondLiveNodeOfATakenNameIsRefused(Running running) {
        String holder = running.group().back(1).name();
        running.programs().setup("twin");
        Program twin = joining(running, "back", "twin", "--name", holder);
        assertThat(twin.awaitExit(END_MAX)).isEqualTo(1);
        assertThat(twin.output()).anyMatch(line -> line.contains("the name " + holder + " is taken"));
        assertThat(running.group().back(1).program().isAlive()).isTrue();
    }

    @Test
    void aFounderAtTheAddressOfAMemberWhoseGroupLivesIsRefused(Running running) throws IOException {
        String master = running.group().master(TOLD_MAX).name();
        FishNode away = running.group().backs().stream()
                .filter(back -> !back.name().equals(master))
                .findFirst()
                .orElseThrow();
        away.program().kill9();
        running.programs().setup("usurper");
        Program usurper = running.programs()
                .back("--dir", "usurper", "--address", away.address(), "--port", "0", "--want-master");

        assertThat(usurper.awaitExit(END_MAX)).isEqualTo(1);
        assertThat(usurper.output()).anyMatch(line -> line.contains("still lives") && line.contains("--buddy"));
        assertThat(running.front(0).put("undisturbed", "yes").send().isSuccess())
                .isTrue();
        assertThat(running.group().master(TOLD_MAX).name()).isEqualTo(master);
        away.start().awaitReady(SharedGroup.START_MAX);
    }

    @Test
    void anAddressBeyondLoopbackNeedsInsecure(Running running) {
        running.programs().setup("open");
        Program open = running.programs().back("--dir", "open", "--address", "192.0.2.1:9000", "--want-master");
        assertThat(open.awaitExit(END_MAX)).isEqualTo(2);
        assertThat(open.output()).anyMatch(line -> line.contains("192.0.2.1:9000") && line.contains("--insecure"));
    }

    @Test
    void aHomeIsUsedByOneRoleAlone(Running running) {
        FishNode back = running.group().back(2);
        FishNode front = running.group().front(1);
        Program frontAtBack = joining(running, "front", back.name());
        Program backAtFront = joining(running, "back", front.name());
        assertThat(frontAtBack.awaitExit(END_MAX)).isEqualTo(2);
        assertThat(frontAtBack.output()).anyMatch(line -> line.contains("is the home of a back-end"));
        assertThat(backAtFront.awaitExit(END_MAX)).isEqualTo(2);
        assertThat(backAtFront.output()).anyMatch(line -> line.contains("is the home of a front-end"));
    }

    @Test
    void aFrontEndWhoseHomeWasWipedServesAgain(Running running) throws IOException {
        FishNode wiped = running.group().front(1);
        assertThat(wiped.program().terminate(END_MAX)).isZero();
        running.programs().setup(wiped.name(), "--force");
        long revision = running.front(0).put("meanwhile", "written").send().revision();

        wiped.start().awaitReady(SharedGroup.START_MAX);
        HttpAnswer read = running.front(1)
                .get("meanwhile")
                .param("after", Long.toString(revision))
                .send();
        assertThat(read.text()).isEqualTo("written");
        assertThat(read.header("Fish-Node")).isEqualTo(wiped.name());
    }

    @Test
    void aBackEndWhoseHomeWasWipedIsFilledAndCountsAgain(Running running) throws IOException {
        String master = running.group().master(TOLD_MAX).name();
        // Not the first: its line says to found a group, which it must not do again.
        FishNode wiped = running.group().backs().stream()
                .skip(1)
                .filter(back -> !back.name().equals(master))
                .findFirst()
                .orElseThrow();
        wiped.program().kill9();
        running.programs().setup(wiped.name(), "--force");
        long revision = running.front(0).put("while-wiped", "written").send().revision();

        wiped.start().awaitReady(SharedGroup.START_MAX);
        wiped.program().awaitLine(TOLD_MAX, line -> line.contains("event=filled"));
        HttpAnswer read = Running.probe(wiped.http())
                .get("while-wiped")
                .param("after", Long.toString(revision))
                .send();
        assertThat(read.text()).isEqualTo("written");
        assertThat(read.header("Fish-Node")).isEqualTo(wiped.name());
    }

    @Test
    void aNodeThatHasBeenInAGroupFindsItWithoutABuddy(Running running) throws IOException {
        FishNode node = running.group().back(2);
        assertThat(node.program().terminate(END_MAX)).isZero();
        int port = running.programs().freePort();
        Program alone = running.programs().back("--dir", node.name(), "--address", node.address(), "--port", "" + port);
        URI url = alone.awaitReady(SharedGroup.START_MAX);

        long revision = running.front(0).put("found", "again").send().revision();
        HttpAnswer read = Running.probe(url)
                .get("found")
                .param("after", Long.toString(revision))
                .send();
        assertThat(read.text()).isEqualTo("again");
        assertThat(alone.terminate(END_MAX)).isZero();
    }

    /** A program that is told of the shared group's first node. */
    private static Program joining(Running running, String role, String home, String... more) {
        Programs programs = running.programs();
        String buddy = running.group().back(0).address();
        List<String> arguments = new ArrayList<>(
                List.of("--dir", home, "--address", address(programs), "--port", "0", "--buddy", buddy));
        arguments.addAll(List.of(more));
        return programs.start(home, List.of(), role, arguments);
    }

    private static String address(Programs programs) {
        return "localhost:" + programs.freePort();
    }
}
