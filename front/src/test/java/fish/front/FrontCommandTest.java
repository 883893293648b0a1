package fish.front;

import static org.assertj.core.api.Assertions.assertThat;

import fish.conf.Surroundings;
import fish.home.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontCommandTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void optionsOfABackEndAreUnknownHere() {
        assertThat(run("--want-master")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--want-master");
    }

    @Test
    void aNewHomeNeedsABuddy() throws Exception {
        Home.make(directory.resolve("database/r0"), Clock.systemUTC());

        assertThat(run("--dir", "r0", "--address", "localhost:9002")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--buddy").doesNotContain("--want-master");
    }

    private int run(String... arguments) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                Map.of(),
                directory,
                directory,
                new ByteArrayInputStream(new byte[0]),
                stream,
                stream,
                Clock.systemUTC());
        FrontCommand.Nodes none = (settings, home, entry, events, failed) -> {
            throw new AssertionError("no node is to be made");
        };
        return FrontCommand.of(none, surroundings, code -> {}).execute(arguments);
    }
}
