package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A group that is founded anew by mistake, at the address of one that a front-end serves and under its name. */
@Timeout(300)
class OtherGroupTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aFrontEndSendsItNothing() throws Exception {
        try (GroupInJvm group = new GroupInJvm(directory, 1, 1)) {
            group.start();
            group.master(SOON);
            HttpProbe front = group.probe("r0");
            eventually(
                    SOON, () -> assertThat(front.put("a", "1").send().status()).isEqualTo(201));

            group.wipe("b0");
            FutureTask<HttpAnswer> held = new FutureTask<>(
                    () -> front.put("b", "1").param("timeout", "20s").send());
            Thread asking = new Thread(held, "held");
            asking.setDaemon(true);
            asking.start();
            group.start("b0");
            group.master(SOON);

            HttpAnswer answer = held.get(2, TimeUnit.MINUTES);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("\"outcome\":\"not-applied\"");
            assertThat(group.probe("b0")
                            .request("GET", "/kv")
                            .param("count", "true")
                            .send()
                            .text())
                    .contains("\"count\":0");
            eventually(SOON, () -> assertThat(group.log())
                    .anySatisfy(line -> assertThat(line).contains("event=not-linked", "is of another group")));
            eventually(SOON, () -> assertThat(group.failures())
                    .anySatisfy(failure -> assertThat(failure).contains("another group")));
        }
    }
}
