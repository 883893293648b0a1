package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.tool.ToolHarness.Ran;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ShellTest {
    @Test
    void wordsAreThoseOfAPosixShell() {
        assertThat(ShellText.words("put 'a b' \"c \\\" $d\" e\\ f '' # rest").words())
                .containsExactly("put", "a b", "c \" $d", "e f", "");
        assertThat(ShellText.words("  ").words()).isEmpty();
        assertThat(ShellText.isOpen("put 'a")).isTrue();
        assertThat(ShellText.isOpen("put a\\")).isTrue();
        assertThat(ShellText.isOpen("put a")).isFalse();
    }

    @Test
    void aLineThatABackslashEndsGoesOn() {
        assertThat(ShellText.words("put a \\\nb\\\nc \"d\\\ne\"").words()).containsExactly("put", "a", "bc", "de");
        assertThat(ShellText.words("put 'a\\\nb'").words()).containsExactly("put", "a\\\nb");
    }

    @Test
    void aTextIsClosedByALineThatCanCloseIt() {
        assertThat(ShellText.canClose("put 'a", "b")).isFalse();
        assertThat(ShellText.canClose("put 'a", "b'")).isTrue();
        assertThat(ShellText.canClose("put a\\", "b")).isTrue();
        assertThat(ShellText.canClose("{", "}")).isTrue();
    }

    @Test
    void aQuoteThatIsNeverClosedIsRefusedSoon(@TempDir Path directory) {
        try (ToolHarness fish = new ToolHarness(directory)) {
            Ran ran = fish.input("put a 'x\n" + "many words\n".repeat(300_000)).run("shell");
            assertThat(ran.exitCode()).isEqualTo(2);
            assertThat(ran.err()).contains("a command has more than 2097152 characters");
        }
    }

    @Test
    void aTransactionIsOpenUntilItsBracesAreClosed() {
        assertThat(ShellText.transaction("txn {\"then\":[]}")).isEqualTo("{\"then\":[]}");
        assertThat(ShellText.transaction("txn -")).isEmpty();
        assertThat(ShellText.isOpen("txn {\"then\":[\n{\"put\":{\"key\":\"}\\\"]\","))
                .isTrue();
        assertThat(ShellText.isOpen("{\"a\":\"}\"}")).isFalse();
    }

    @Test
    void aPipeRunsUntilACommandFails(@TempDir Path directory) {
        try (ToolHarness fish = new ToolHarness(directory)) {
            Ran ran = fish.input("""
                            # comment
                            put a 'one two'

                            txn {"if": [{"key": "a", "exists": true}],
                              "then": [{"put": {"key": "b", "text": "{"}}]}
                            get b
                            get none
                            put c never
                            """).run("shell");
            assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(1);
            // A line of its own for whatever follows a value, and an end of line only then.
            assertThat(ran.out()).contains("then, at revision ").endsWith("\n{\n");
            assertThat(fish.input("get a\nget b\nget a\n").run("shell").out()).isEqualTo("one two\n{\none two");
            assertThat(ran.err()).contains("there is no record 'none'");
            assertThat(fish.run("get", "a").out()).isEqualTo("one two");
            assertThat(fish.run("get", "c").exitCode()).isEqualTo(1);

            Ran unknown = fish.input("gte a\n").run("shell");
            assertThat(unknown.exitCode()).isEqualTo(2);
            assertThat(unknown.err()).contains("see bin/fish --help");
            assertThat(fish.input("get --help\n").run("shell").out()).startsWith("Usage: bin/fish get ");
            assertThat(fish.input("help\n").run("shell").out()).startsWith("Usage: bin/fish ");
            assertThat(fish.input("count\nexit\nget none\n").run("shell").exitCode())
                    .isZero();
            assertThat(fish.input("put a 'open\n").run("shell").exitCode()).isEqualTo(2);
            assertThat(fish.input("delete --prefix a\n").run("shell").exitCode())
                    .isEqualTo(1);
            assertThat(fish.input("get a\n").run("--json", "shell").out()).contains("\"key\":\"a\"");
            assertThat(fish.input("shell\n").run("shell").exitCode()).isEqualTo(2);
        }
    }

    @Test
    void bytesOfAPipeThatAreNoTextAreStoredAsNothingElse(@TempDir Path directory) {
        try (ToolHarness fish = new ToolHarness(directory)) {
            Ran ran = fish.input("put b good\nput a 'caf\u00e9'\n".getBytes(StandardCharsets.ISO_8859_1))
                    .run("shell");
            assertThat(ran.exitCode()).isEqualTo(2);
            assertThat(ran.err()).contains("line 2 of the input is not UTF-8", "--file FILE");
            assertThat(fish.run("get", "b").out()).isEqualTo("good");
            assertThat(fish.run("get", "a").exitCode()).isEqualTo(1);
        }
    }

    @Test
    void aCommandThatWantsStandardInputInAPipeIsToldThatThereIsNone(@TempDir Path directory) {
        try (ToolHarness fish = new ToolHarness(directory)) {
            for (String line : new String[] {"put a", "put a -", "txn -"}) {
                Ran ran = fish.input(line + "\n").run("shell");
                assertThat(ran.exitCode()).as(line).isEqualTo(1);
                assertThat(ran.err())
                        .contains("cannot read standard input: in a pipe to the shell there are commands only");
            }
            assertThat(fish.run("get", "a").exitCode()).isEqualTo(1);
        }
    }
}
