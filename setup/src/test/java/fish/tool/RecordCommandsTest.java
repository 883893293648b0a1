package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.conf.Surroundings;
import fish.kv.Value;
import fish.tool.ToolHarness.Ran;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RecordCommandsTest {
    private static final Terminal TERMINAL = new Terminal(false, true, true, true);

    @TempDir
    private Path directory;

    private ToolHarness fish;

    @BeforeEach
    void start() {
        fish = new ToolHarness(directory);
    }

    @AfterEach
    void close() {
        fish.close();
    }

    private static JsonNode json(Ran ran) throws IOException {
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return new ObjectMapper().readTree(ran.out());
    }

    private void refused(int exitCode, String says, String... args) {
        Ran ran = fish.run(args);
        assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(exitCode);
        assertThat(ran.err()).contains(says).doesNotContain("Exception", "\u001b[");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aValueComesFromAnArgumentAFileOrStandardInputAndGoesOutAsItIs() throws IOException {
        assertThat(fish.run("put", "a", "1").out()).startsWith("created at revision ");
        assertThat(fish.run("get", "a").out()).isEqualTo("1");
        Files.writeString(directory.resolve("v"), "two\nlines\n");
        assertThat(fish.run("put", "a", "-f", "v").out()).startsWith("replaced at revision ");
        assertThat(fish.run("get", "a").out()).isEqualTo("two\nlines\n");
        fish.input("ä\u0000b");
        assertThat(fish.run("put", "a", "-").exitCode()).isZero();
        assertThat(fish.run("get", "a").out()).isEqualTo("ä\u0000b");
        assertThat(fish.run("put", "a", "--", "-5").exitCode()).isZero();
        assertThat(fish.run("get", "a").out()).isEqualTo("-5");
        assertThat(fish.run("put", "a", "").exitCode()).isZero();
        assertThat(fish.run("get", "a").out()).isEmpty();
        assertThat(fish.terminal(TERMINAL).run("get", "a").out()).isEqualTo("\n");
        fish.terminal(Terminal.NONE);
        refused(2, "not both", "put", "a", "1", "-f", "v");
        refused(2, "there is no file", "put", "a", "-f", "nothing");
    }

    @Test
    void conditionsDecide() throws IOException {
        long revision = json(fish.run("put", "a", "1", "--if-absent", "--json"))
                .path("revision")
                .asLong();
        refused(1, "the record there is has revision " + revision, "put", "a", "2", "--if-absent");
        refused(1, "there is no record", "put", "b", "2", "--if-revision", "7");
        for (String never : new String[] {"-1", "0"}) {
            refused(2, "positive", "put", "a", "2", "--if-revision=" + never);
            refused(2, "positive", "delete", "a", "--if-revision=" + never);
            refused(2, "positive", "touch", "a", "--ttl", "1h", "--if-revision=" + never);
        }
        assertThat(fish.run("get", "a").out()).isEqualTo("1");
        refused(2, "mutually exclusive", "put", "a", "2", "--if-absent", "--if-revision", "7");
        refused(1, "revision " + revision, "delete", "a", "--if-revision", Long.toString(revision + 1));
        assertThat(fish.run("put", "a", "2", "--if-revision", Long.toString(revision))
                        .exitCode())
                .isZero();
    }

    @Test
    void aRecordInJsonIsAsOverHttp() throws IOException {
        JsonNode put = json(fish.run("--json", "put", "a", "{\"n\":1}", "--type", "application/json", "--ttl", "1h"));
        JsonNode got = json(fish.run("get", "--json", "a"));
        assertThat(got.path("json").path("n").asInt()).isEqualTo(1);
        assertThat(got.path("revision")).isEqualTo(put.path("revision"));
        assertThat(got.path("expires").asText())
                .isNotEmpty()
                .isEqualTo(put.path("expires").asText());
        JsonNode touched = json(fish.run("touch", "a", "--ttl", "none", "--json"));
        assertThat(touched.has("expires")).isFalse();
        assertThat(touched.path("created")).isEqualTo(put.path("created"));
        assertThat(touched.path("revision").asLong())
                .isGreaterThan(put.path("revision").asLong());
        assertThat(json(fish.run("delete", "a", "--json")).path("deleted").asBoolean())
                .isTrue();
    }

    @Test
    void aRecordWithoutATypeIsInJsonAsItIsListed() {
        fish.run("put", "a", "text");
        assertThat(fish.run("get", "a", "--json").out())
                .isEqualTo(fish.run("list", "--json").out())
                .contains("\"text\":\"text\"");
    }

    @Test
    void anArgumentThatBeginsWithAnAtSignIsNoFile() throws IOException {
        Files.writeString(directory.resolve("x"), "secret");
        String argument = "@" + directory.resolve("x");
        assertThat(fish.run("put", "k", argument).exitCode()).isZero();
        assertThat(fish.run("get", "k").out()).isEqualTo(argument);
    }

    @Test
    void aRoleIsWrittenInLowerCase() {
        assertThat(fish.run("token", "add", "a", "--role", "admin").exitCode()).isNotEqualTo(2);
        refused(2, "--role", "token", "add", "a", "--role", "boss");
    }

    @Test
    void whatIsNotThereIsAFailure() {
        refused(1, "there is no record 'a'", "get", "a");
        refused(1, "there is no record 'a'", "get", "a", "--json");
        refused(1, "there is no record 'a'", "delete", "a");
        refused(1, "there is no record 'a'", "touch", "a", "--ttl", "1s");
        assertThat(fish.run("count").out()).isEqualTo("0\n");
        assertThat(fish.run("list", "--json").out()).isEmpty();
    }

    @Test
    void listsAndCountsStayWithinTheirBounds() throws IOException {
        for (String key : new String[] {"b", "k/1", "k/2", "k/3"}) {
            fish.run("put", key, "value of " + key);
        }
        assertThat(fish.run("count", "k/").out()).isEqualTo("3\n");
        JsonNode counted = json(fish.run("count", "--start", "k/2", "--json"));
        assertThat(counted.path("count").asInt()).isEqualTo(2);
        assertThat(counted.path("revision").asLong()).isPositive();
        assertThat(fish.run("list", "k/", "--keys", "--reverse", "--limit", "2").out())
                .isEqualTo("k/3\nk/2\n");
        assertThat(fish.run("list", "k/", "--end", "k/2", "--json").out())
                .contains("\"key\":\"k/1\"", "\"text\":\"value of k/1\"")
                .hasLineCount(1);
        assertThat(fish.run("list").out().lines()).hasSize(5).first().asString().startsWith("KEY ");
        assertThat(fish.run("list").out()).contains("value of b").doesNotContain("\u001b[");
        assertThat(fish.terminal(TERMINAL).run("list").out()).startsWith("\u001b[1mKEY ");
        assertThat(fish.environment("NO_COLOR", "1")
                        .terminal(Terminal.NONE)
                        .run("list", "--reverse")
                        .out())
                .contains("k/3");
    }

    @Test
    void whatOthersStoredDoesNothingToATerminal() {
        fish.run("put", "evil\u001b[2J\n", "x\u001b]0;y\u0007");
        assertThat(fish.run("list").out()).contains("evil\\u001b[2J\\n").doesNotContain("\u001b", "\u0007");
        fish.run("put", "fa/\u200c\\", "1");
        assertThat(fish.terminal(TERMINAL).run("list", "--keys").out()).startsWith("evil\\u001b[2J\\n\n");
        assertThat(fish.terminal(Terminal.NONE).run("list", "fa/", "--keys").out())
                .isEqualTo("fa/\u200c\\\n");
        Ran ofLines = fish.run("list", "--keys");
        assertThat(ofLines.exitCode()).isEqualTo(1);
        assertThat(ofLines.out()).isEmpty();
        assertThat(ofLines.err()).contains("evil\\u001b[2J\\n", "--json").doesNotContain("\u001b");
        // A header can hold the one control that begins a sequence by itself.
        assertThat(ListCommand.shown(new Value(new byte[] {0}, "a/b\u009b2J", "")))
                .isEqualTo("(1 bytes of a/b\\u009b2J)");
        assertThat(Printable.isPlain("a\u009b2J")).isFalse();
    }

    @Test
    void whatCannotBePrintedIsToldWithTheReason(@TempDir Path anywhere) throws IOException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                Map.of(),
                anywhere,
                anywhere,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC());
        try (OutputStream full = failing("No space left on device")) {
            assertThat(FishMain.run(surroundings, full, "completion")).isEqualTo(1);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot be written: No space left on device");

        err.reset();
        try (OutputStream gone = failing("Broken pipe")) {
            assertThat(FishMain.run(surroundings, gone, "completion")).isEqualTo(1);
        }
        assertThat(err.size()).as("who reads no more knows it").isZero();
    }

    private static OutputStream failing(String why) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(why);
            }
        };
    }

    @Test
    void manyAreDeletedOnceThatIsConfirmed() {
        for (int i = 0; i < 3; i++) {
            fish.run("put", "k/" + i, "x");
        }
        fish.input("no\n");
        refused(1, "nothing was deleted", "delete", "--prefix", "k/");
        fish.input("");
        refused(1, "which are 3 now", "delete", "--prefix", "k/");
        assertThat(fish.run("count").out()).isEqualTo("3\n");
        assertThat(fish.input("y\n").run("delete", "--prefix", "k/", "--json").out())
                .isEqualTo("{\"deleted\":3}\n");
        assertThat(fish.input("").run("delete", "--prefix", "k/", "--yes").out())
                .isEqualTo("deleted 0\n");
        refused(2, "--prefix is empty", "delete", "--prefix", "");
        refused(2, "KEY, or --prefix", "delete");
        refused(2, "KEY, or --prefix", "delete", "a", "--prefix", "b");
    }

    @Test
    void theCommandLineIsWrongIsToldWithTheNearestRightOne() {
        refused(2, "did you mean --ttl?", "put", "a", "1", "--tl", "3s");
        refused(2, "did you mean --json?", "--jsn", "get", "a");
        refused(2, "did you mean get?", "gte", "a");
        refused(2, "a command is missing");
        refused(2, "KEY", "get");
        refused(2, "a duration is", "put", "a", "1", "--ttl", "30");
        refused(2, "a ttl is from", "put", "a", "1", "--ttl", "3651d");
        refused(2, "at least one byte", "get", "");
        refused(2, "--consistency is", "get", "a", "--consistency", "strng");
        refused(2, "--durability is", "put", "a", "1", "--durability", "most");
        refused(2, "http://host:port", "get", "a", "--at", "localhost:8000");
    }

    @Test
    void helpAndVersionAreEverywhere() {
        assertThat(fish.run("--help").out()).contains("--at", "put", "touch");
        assertThat(fish.run("put", "--help").out()).contains("Usage: bin/fish put", "--if-absent", "--token");
        assertThat(fish.run("get", "--version").out()).startsWith("fish ");
        assertThat(fish.run("completion").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("-F _complete_fish", "touch");
    }

    @Test
    void theNextFrontEndIsTriedAndWhereNoneIsThereAllAreNamed() {
        String gone = "http://127.0.0.1:1";
        for (int i = 0; i < 4; i++) {
            assertThat(fish.run("--at", gone + "," + fish.url(), "count").out()).isEqualTo("0\n");
        }
        String alsoGone = "http://127.0.0.1:2";
        Ran ran = fish.environment("FISH_URL", gone + "," + alsoGone).run("get", "a");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains(gone + ": ", alsoGone + ": ", "no front-end answers", "refused", "--at or FISH_URL");
    }

    @Test
    void aTransactionComesFromAFileAndSaysWhatItDid() throws IOException {
        Files.writeString(directory.resolve("t.json"), """
                {"if":[{"key":"a","exists":false}],
                 "then":[{"put":{"key":"a","json":{"n":1}}},{"get":{"key":"a"}},{"delete":{"key":"b"}}]}""");
        JsonNode first = json(fish.run("txn", "t.json", "--json"));
        assertThat(first.path("branch").asText()).isEqualTo("then");
        assertThat(first.path("results")).hasSize(3);
        assertThat(fish.run("txn", "t.json").out()).startsWith("else, at revision ");
        fish.input("{\"then\":[{\"get\":{\"key\":\"a\"}},{\"get\":{\"key\":\"b\"}}]}");
        assertThat(fish.run("txn", "-").out()).contains("get  a    {\"n\":1}", "get  b    there is none");
        refused(1, "bad-json", "txn", "/dev/null");
        refused(2, "there is no file", "txn", "nothing");
    }

    @Test
    void theStatusOfAGroupIsOneScreenOrOneDocument() throws IOException {
        String screen = fish.run("status").out();
        assertThat(screen)
                .contains(
                        "group fish, master b0",
                        "b0    back-end",
                        "r0    front-end",
                        "can lose none; if b0 goes, writes stop")
                .contains("r0 is unreachable")
                .doesNotContain("\u001b");
        JsonNode status = json(fish.run("status", "--json"));
        assertThat(status.path("master").asText()).isEqualTo("b0");
        assertThat(status.path("canLose").asInt()).isZero();
        assertThat(status.path("nodes")).hasSize(2);
        refused(2, "positive", "watch", "--since", "-7");
        refused(2, "positive", "watch", "--since", "-1");
        refused(2, "--every", "status", "--watch", "--every", "1ms");
        refused(2, "a name is", "remove", "../x");
        refused(2, "a name is", "transfer-master", "a b", "--force");
        refused(2, "--timeout is", "transfer-master", "--timeout", "0s");
        refused(2, "--timeout is", "remove", "b0", "--timeout", "0s");
    }
}
