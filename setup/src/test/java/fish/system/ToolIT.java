package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.system.SharedGroup.Running;
import fish.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bin/fish} as it is released, against a group of programs. */
@ExtendWith(SharedGroup.class)
@Timeout(600)
class ToolIT {
    private static final Duration END_MAX = Duration.ofSeconds(90);

    private Running running;

    /** What it printed, without the streams' names. */
    private record Ran(int exitCode, String out, String err) {}

    @BeforeEach
    void group(Running shared) {
        running = shared;
        String urls = shared.group().frontUrls().stream()
                .map(url -> url.toString().replaceAll("/$", ""))
                .collect(Collectors.joining(","));
        shared.programs().environment("FISH_URL", urls);
    }

    private Program start(String... args) {
        return running.programs().start("fish", List.of(), "fish", List.of(args));
    }

    private Ran run(String... args) {
        try (Program fish = start(args)) {
            int exitCode = fish.awaitExit(END_MAX);
            return new Ran(exitCode, fish.said("out"), fish.said("err"));
        }
    }

    private JsonNode json(String... args) throws IOException {
        Ran ran = run(args);
        assertThat(ran.exitCode()).as(ran.toString()).isZero();
        return new ObjectMapper().readTree(ran.out());
    }

    @Test
    void recordsGoInAndComeOut() throws IOException {
        long revision = json("put", "tool/a", "1", "--if-absent", "--json")
                .path("revision")
                .asLong();
        assertThat(run("get", "tool/a").out()).isEqualTo("1");
        assertThat(run("put", "tool/a", "2", "--if-absent").exitCode()).isEqualTo(1);
        Path file = Files.writeString(running.programs().data().resolve("tool.txt"), "from a file");
        assertThat(run("put", "tool/b", "-f", file.toString(), "--ttl", "1h").exitCode())
                .isZero();
        assertThat(json("touch", "tool/b", "--ttl", "2h", "--json").has("expires"))
                .isTrue();
        assertThat(run("list", "tool/", "--keys").out()).isEqualTo("tool/a\ntool/b");
        assertThat(run("count", "tool/").out()).isEqualTo("2");
        Path txn = Files.writeString(
                running.programs().data().resolve("txn.json"), "{\"then\":[{\"delete\":{\"key\":\"tool/b\"}}]}");
        assertThat(json("txn", txn.toString(), "--json").path("branch").asText())
                .isEqualTo("then");

        JsonNode change = json("watch", "tool/", "--since", Long.toString(revision - 1), "--limit", "1", "--json");
        assertThat(change.path("revision").asLong()).isEqualTo(revision);
        assertThat(change.at("/changes/0/put/key").asText()).isEqualTo("tool/a");

        assertThat(run("delete", "--prefix", "tool/").exitCode()).isEqualTo(1);
        assertThat(run("delete", "--prefix", "tool/", "--yes").out()).isEqualTo("deleted 1");
        assertThat(run("get", "tool/a").exitCode()).isEqualTo(1);
        assertThat(run("get").exitCode()).isEqualTo(2);
    }

    @Test
    void aLockedCommandTakesNothingOfTheLinesBehindIt() {
        String typed = "printf 'lock tool-pipe/l -- cat\\nput tool-pipe/a 1\\n' | \"$@\"";
        try (Program shell =
                running.programs().start("shell", List.of("sh", "-c", typed, "sh"), "fish", List.of("shell"))) {
            assertThat(shell.awaitExit(END_MAX)).as("%s", shell.output()).isZero();
        }
        assertThat(run("get", "tool-pipe/a").out()).isEqualTo("1");
        assertThat(run("put", "tool\ufffd", "1").exitCode()).isZero();
        String elsewhere = "LC_ALL=xx_XX.UTF-8 exec \"$@\"";
        for (String key : List.of("ключ", "слон")) {
            try (Program put = running.programs()
                    .start("put", List.of("sh", "-c", elsewhere, "sh"), "fish", List.of("put", key, key))) {
                assertThat(put.awaitExit(END_MAX)).isZero();
            }
            assertThat(run("get", key).out()).isEqualTo(key);
        }
        String noUtf8 = "exec \"$@\" put \"$(printf 'a\\377')\" 1";
        try (Program put = running.programs().start("put", List.of("sh", "-c", noUtf8, "sh"), "fish", List.of())) {
            assertThat(put.awaitExit(END_MAX)).isEqualTo(2);
            assertThat(put.said("err")).contains("not UTF-8");
        }
    }

    @Test
    void aWatchGoesOnWhileTheMasterIsKilled() throws IOException {
        try (Program watch = start("watch", "tool-watch/", "--json")) {
            watch.awaitLine(END_MAX, line -> line.contains("watches from revision"));
            running.group().master(END_MAX).program().kill9();
            assertThat(run("put", "tool-watch/a", "1", "--timeout", "1m").exitCode())
                    .isZero();
            watch.awaitLine(END_MAX, line -> line.startsWith("out ") && line.contains("tool-watch/a"));
        }
        eventually(END_MAX, () -> assertThat(run("status").out())
                .contains("can lose none (1 of 3 missing already)", "is unreachable"));
        running.makeWhole();
    }

    @Test
    void theMastershipGoesToTheOneThatIsNamedAndNodesAreNotRemovedByMistake() throws IOException {
        eventually(END_MAX, () -> assertThat(run("status").out()).contains("can lose 1 of 3"));
        String master = json("status", "--json").path("master").asText();
        String next = master.equals("b1") ? "b2" : "b1";
        Ran transferred = run("transfer-master", next);
        assertThat(transferred.exitCode()).as(transferred.toString()).isZero();
        assertThat(transferred.err()).contains(master + " hands over to " + next);
        eventually(END_MAX, () -> {
            assertThat(json("status", "--json").path("master").asText()).isEqualTo(next);
            assertThat(run("status").out()).contains("can lose 1 of 3");
        });
        assertThat(json("transfer-master", "--json").path("master").asText()).isNotEqualTo(next);

        assertThat(run("transfer-master", "b9").exitCode()).isEqualTo(1);
        Ran refused = run("remove", json("status", "--json").path("master").asText());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("bin/fish transfer-master");
        assertThat(run("remove", "r0").err()).contains("front-end");
        eventually(END_MAX, () -> assertThat(run("status").out()).contains("can lose 1 of 3"));
    }
}
