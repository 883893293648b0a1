package fish.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"b0", "/x/a b", "it's", "$HOME", "`x`", "a*", "#x", "~", "", "a\"b", "ä", "a:b", "x;y", "\\"})
    void aShellReadsItAsOneWord(String word) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "printf '<%s>' " + ShellWord.of(word)).start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEqualTo("<" + word + ">");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b0", "./homes/b0", "localhost:9000"})
    void whatNeedsNoQuotesHasNone(String word) {
        assertThat(ShellWord.of(word)).isEqualTo(word);
    }
}
