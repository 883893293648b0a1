package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.client.Change;
import fish.client.ClientConfig;
import fish.client.Commit;
import fish.client.CommitPage;
import fish.client.FishClient;
import fish.client.Listing;
import fish.client.ReadOptions;
import fish.client.Values;
import fish.kv.Key;
import fish.system.SharedGroup.Running;
import fish.testing.FishNode;
import fish.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bin/fish load} and {@code export}, while what they depend on dies. */
@ExtendWith(SharedGroup.class)
@Timeout(600)
class LoadIT {
    private static final int RECORDS = 60_000;
    private static final Duration LOAD_MAX = Duration.ofMinutes(2);

    /** The load is killed, begun again, and then the master is killed: each record is put exactly once all the same. */
    @Test
    void aLoadThatIsKilledGoesOnAndSurvivesItsMaster(Running running) throws IOException {
        Path file = running.programs().data().resolve("load.txt");
        Files.writeString(file, lines());
        String at = running.group().frontUrls().stream().map(Object::toString).collect(Collectors.joining(","));
        try (FishClient client = FishClient.open(ClientConfig.of(at.split(",", -1)))) {
            long since = client.put(Key.of("before-load"), Values.text("x")).revision();
            try (Program first = fish(running, "load", "--at", at, file.toString())) {
                eventually(
                        Duration.ofSeconds(60), () -> assertThat(count(client)).isGreaterThan(2_000));
                first.kill9();
            }
            long loaded = count(client);

            FishNode master = running.group().master(SharedGroup.START_MAX);
            try (Program second = fish(running, "load", "--at", at, file.toString())) {
                // On a machine that stands still here it may be done already.
                long more = Math.min(loaded + 2_000, RECORDS);
                eventually(
                        Duration.ofSeconds(60), () -> assertThat(count(client)).isGreaterThanOrEqualTo(more));
                master.program().kill9();
                assertThat(second.awaitExit(LOAD_MAX))
                        .as(String.join("\n", second.output()))
                        .isZero();
                assertThat(second.output()).anyMatch(line -> line.contains("of them were put by an earlier run"));
            }
            assertThat(count(client)).isEqualTo(RECORDS);
            assertThat(puts(client, since)).doesNotHaveDuplicates().hasSize(RECORDS);

            Path exported = running.programs().data().resolve("export.jsonl");
            try (Program export = running.programs()
                    .start(
                            "export",
                            List.of("sh", "-c", "exec \"$@\" > export.jsonl", "sh"),
                            "fish",
                            List.of("export", "load/", "--at", at))) {
                assertThat(export.awaitExit(LOAD_MAX))
                        .as(String.join("\n", export.output()))
                        .isZero();
            }
            assertThat(asLines(exported)).isEqualTo(lines());
        }
    }

    private static Program fish(Running running, String... arguments) {
        return running.programs().start("fish", List.of(), "fish", List.of(arguments));
    }

    private static long count(FishClient client) {
        return client.count(Listing.of("load/"), ReadOptions.STRONG);
    }

    private static String lines() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            lines.append(
                    "load/%07d a value of about a hundred bytes, of which this one is number %d of all that there are, and more\n"
                            .formatted(i, i));
        }
        return lines.toString();
    }

    /** The keys of all puts, as often as they were put. */
    private static List<String> puts(FishClient client, long since) {
        List<String> keys = new ArrayList<>();
        long at = since;
        while (true) {
            CommitPage page = client.changes("load/", at, Duration.ZERO);
            for (Commit commit : page.commits()) {
                for (Change change : commit.changes()) {
                    assertThat(change).isInstanceOf(Change.Put.class);
                    keys.add(change.key().toString());
                }
            }
            if (page.commits().isEmpty() && keys.size() >= RECORDS) {
                return keys;
            }
            at = Math.max(at, page.revision());
        }
    }

    private static String asLines(Path exported) throws IOException {
        try (Stream<String> lines = Files.lines(exported)) {
            return lines.map(line -> {
                        assertThat(line).startsWith("{\"key\":\"").endsWith("\"}");
                        String key = line.substring(8, line.indexOf('"', 8));
                        return key + " " + line.substring(line.indexOf("\"text\":\"") + 8, line.length() - 2) + "\n";
                    })
                    .collect(Collectors.joining());
        }
    }
}
