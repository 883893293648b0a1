package fish.client;

import static fish.client.FaultyFrontEnd.answer;
import static fish.client.FaultyFrontEnd.events;
import static fish.client.FaultyFrontEnd.eventsThenSilence;
import static fish.client.FaultyFrontEnd.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Key;
import fish.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchTest {
    private static final String PUT =
            "id: 7\nevent: commit\ndata: {\"revision\":7,\"changes\":[{\"put\":{\"key\":\"a\","
                    + "\"revision\":7,\"created\":3,\"contentType\":\"application/json\",\"json\":{\"n\": 1}}}]}\n\n";
    private static final String REST =
            "id: 9\nevent: commit\ndata: {\"revision\":9,\"changes\":[{\"put\":{\"key\":\"a\","
                    + "\"revision\":9,\"superseded\":true}},{\"delete\":{\"key\":\"b\"}}]}\n\n";
    private static final String PROGRESS = ": comment\r\nid: 12\r\nevent: progress\r\ndata: {\"revision\":12}\r\n\r\n";

    private final FaultyFrontEnd first = new FaultyFrontEnd(1);
    private final FaultyFrontEnd second = new FaultyFrontEnd(1);
    private final FishClient fish = FishClient.open(config(first.url()));
    private final Heard heard = new Heard();

    WatchTest() throws IOException {}

    private static final class Heard implements ChangeListener {
        private final List<Commit> commits = new CopyOnWriteArrayList<>();
        private final List<Long> progress = new CopyOnWriteArrayList<>();
        private final List<String> failures = new CopyOnWriteArrayList<>();

        @Override
        public void committed(Commit commit) {
            commits.add(commit);
        }

        @Override
        public void progressed(long revision) {
            progress.add(revision);
        }

        @Override
        public void failed(FishException problem) {
            failures.add(problem.code());
        }
    }

    private static ClientConfig config(String... urls) {
        return ClientConfig.of(urls)
                .withRetries(new Retries(3, 3, Duration.ofMillis(1), Duration.ofMillis(20)))
                .withLimits(8, 1, 10_000);
    }

    @AfterEach
    void close() throws IOException {
        fish.close();
        first.close();
        second.close();
    }

    private static void soon(Eventually.ThrowingRunnable story) {
        Eventually.eventually(Duration.ofSeconds(40), story);
    }

    @Test
    void changesAreToldAsTheyAre() {
        first.next(eventsThenSilence(PUT, REST, PROGRESS));
        try (Watch watch = fish.watch("a/ä", 5, heard)) {
            soon(() -> assertThat(heard.progress).containsExactly(12L));
            assertThat(watch.revision()).isEqualTo(12);
        }
        Change.Put put = (Change.Put) heard.commits.get(0).changes().get(0);
        assertThat(put.record().value()).isEqualTo(Values.json("{\"n\": 1}"));
        assertThat(heard.commits.get(1).changes())
                .containsExactly(new Change.Superseded(Key.of("a")), new Change.Deleted(Key.of("b")));
        assertThat(first.requests.get(0)).startsWith("GET /changes?prefix=a%2F%C3%A4 ");
        assertThat(first.headers("Last-Event-ID")).containsExactly("5");
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void aStreamThatBreaksGoesOnAtAnotherFrontEndWhereItEnded() throws IOException {
        String half = REST.substring(0, 40);
        first.next(events(PUT, half), eventsThenSilence(PUT, REST, PROGRESS));
        second.next(events(PUT, half), eventsThenSilence(PUT, REST, PROGRESS));
        try (FishClient both = FishClient.open(config(first.url(), second.url()));
                Watch watch = both.watch("", 5, heard)) {
            soon(() -> assertThat(heard.commits).extracting(Commit::revision).containsExactly(7L, 9L));
            soon(() -> assertThat(watch.revision()).isEqualTo(12));
        }
        assertThat(first.headers("Last-Event-ID")).isNotEmpty();
        assertThat(second.headers("Last-Event-ID")).isNotEmpty();
        assertThat(Stream.of(first, second).flatMap(frontEnd -> frontEnd.headers("Last-Event-ID").stream()))
                .containsOnly("5", "7")
                .containsOnlyOnce("5");
    }

    @Test
    void withoutABeginningItIsNow() {
        first.next(answer(200, "application/json", "{\"commits\":[],\"revision\":41}"), eventsThenSilence(PROGRESS));
        try (Watch watch = fish.watch("", heard)) {
            soon(() -> assertThat(first.headers("Last-Event-ID")).containsExactly("41"));
            assertThat(watch.revision()).isEqualTo(41);
        }
    }

    @Test
    void whatIsNoLongerKeptEndsIt() {
        first.next(problem(503, "starting", ""), problem(410, "compacted", ""));
        fish.watch("", 5, heard);
        soon(() -> assertThat(heard.failures).containsExactly("compacted"));
    }

    @Test
    void whatNobodyCanReadEndsItInTheEnd() throws IOException {
        for (int i = 0; i < 1000; i++) {
            first.next(events("event: commit\ndata: {\"revision\":\n\n"));
        }
        try (FishClient brief = FishClient.open(config(first.url()).withWatchTimeout(Duration.ofMillis(200)))) {
            brief.watch("", 5, heard);
            soon(() -> assertThat(heard.failures).containsExactly("no-connection"));
        }
    }

    @Test
    void aFrontEndThatIsNotHeardOfForTooLongEndsIt() throws IOException {
        first.close();
        try (FishClient brief = FishClient.open(config(first.url()).withWatchTimeout(Duration.ofMillis(100)))) {
            brief.watch("", 5, heard);
            soon(() -> assertThat(heard.failures).containsExactly("no-connection"));
        }
    }

    @Test
    void whatTheListenerThrowsEndsItAndMakesRoomForAnother() {
        first.next(events(PUT), eventsThenSilence(PROGRESS));
        ChangeListener broken = new ChangeListener() {
            @Override
            public void committed(Commit commit) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void failed(FishException problem) {
                heard.failed(problem);
            }
        };
        fish.watch("", 5, broken);
        soon(() -> assertThat(heard.failures).containsExactly("listener-failed"));
        soon(() -> fish.watch("", 5, heard));
    }

    /** As where there is no memory left: who waits for the watch is told. */
    @Test
    void anErrorEndsItToo() {
        first.next(events(PUT), eventsThenSilence(PROGRESS));
        ChangeListener broken = new ChangeListener() {
            @Override
            public void committed(Commit commit) {
                throw new OutOfMemoryError("a test's");
            }

            @Override
            public void failed(FishException problem) {
                heard.failed(problem);
            }
        };
        fish.watch("", 5, broken);
        soon(() -> assertThat(heard.failures).containsExactly("listener-failed"));
    }

    @Test
    void thereAreNoMoreThanSoManyAndClosingOneEndsItsConnection() {
        first.next(eventsThenSilence(PROGRESS), eventsThenSilence(PROGRESS));
        Watch watch = fish.watch("", 5, heard);
        soon(() -> assertThat(heard.progress).hasSize(1));
        assertThatThrownBy(() -> fish.watch("", 5, heard)).hasMessageContaining("busy");

        watch.close();
        watch.close();
        soon(() -> fish.watch("", 5, heard).close());
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void anEventThatIsTooLargeIsNotTaken() {
        first.next(eventsThenSilence("data: " + "x".repeat(20_000)), eventsThenSilence(PROGRESS));
        try (Watch watch = fish.watch("", 5, heard)) {
            soon(() -> assertThat(watch.revision()).isEqualTo(12));
        }
    }
}
