package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.client.FishClient;
import fish.client.Values;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.kv.Key;
import fish.tool.bulk.LoneBack;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code load}, {@code export}, {@code report} and {@code bench} as commands, against a real node. */
@Timeout(300)
class BulkCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path dir;

    private static LoneBack back;

    private record Ran(int exitCode, String out, String err) {}

    @BeforeAll
    static void start() throws ProgramException {
        back = new LoneBack(dir);
    }

    @AfterAll
    static void stop() {
        back.close();
    }

    private static Ran run(String input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                Map.of("FISH_URL", back.url()),
                dir,
                dir,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC());
        int exitCode = FishTool.run(surroundings, Terminal.NONE, args);
        return new Ran(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aFileIsLoadedOnceHoweverOftenItIsGiven() throws IOException {
        Files.writeString(dir.resolve("once.txt"), "once/a 1\nonce/b 2\n{\"key\":\"once/c\",\"json\":{\"n\":3}}\n");
        Ran first = run("", "load", "once.txt");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("3 records in ").doesNotContain("earlier run");

        try (FishClient client = back.client()) {
            client.put(Key.of("once/a"), Values.text("changed"));
        }
        Ran again = run("", "load", "once.txt");
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("3 of them were put by an earlier run", "--id");
        assertThat(run("", "get", "once/a").out()).isEqualTo("changed");

        JsonNode anew = JSON.readTree(
                run("", "--json", "load", "--id", "anew", "once.txt").out());
        assertThat(anew.path("records").asInt()).isEqualTo(3);
        assertThat(anew.path("before").asInt()).isZero();
        assertThat(run("", "get", "once/a").out()).isEqualTo("1");
    }

    @Test
    void aFileThatIsChangedWhileItIsReadIsTold() throws Exception {
        Path file = Files.writeString(dir.resolve("moving.txt"), "moving/a 1\n".repeat(1_000));
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        Thread writer = new Thread(
                () -> {
                    for (long i = 1; !over.get(); i++) {
                        assertThat(file.toFile().setLastModified(i * 1_000)).isTrue();
                        begun.countDown();
                    }
                },
                "writer");
        writer.start();
        begun.await();
        Ran ran = run("", "load", "moving.txt");
        over.set(true);
        writer.join();
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("was changed while it was read");
        assertThat(run("", "load", "moving.txt").exitCode()).isZero();
    }

    @Test
    void wrongLinesAreNamedAndMakeItFail() {
        Ran ran = run("input/a 1\nwrong\ninput/b 2\n", "load", "-");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("line 2: there is no space");
        assertThat(ran.out()).contains("2 records", "1 wrong lines");
        assertThat(run("", "get", "input/b").out()).isEqualTo("2");
    }

    @Test
    void aFileThatIsNotThereIsAWrongCommandLine() {
        assertThat(run("", "load", "nowhere.txt").exitCode()).isEqualTo(2);
        assertThat(run("", "load").exitCode()).isEqualTo(2);
        assertThat(run("", "load").err()).contains("'FILE|-'");
        assertThat(run("", "--at", "http://127.0.0.1:1", "report", "r.tar").exitCode())
                .isEqualTo(1);
    }

    @Test
    void whatExportPrintsLoadTakesBack() {
        run("round/b two words\nround/a 1\n", "load", "-");
        Ran exported = run("", "export", "round/");
        assertThat(exported.exitCode()).isZero();
        assertThat(exported.out().lines()).hasSize(2);
        assertThat(exported.out()).startsWith("{\"key\":\"round/a\",").endsWith("\"text\":\"two words\"}\n");
        assertThat(exported.err()).contains("2 records as of revision");

        run("", "delete", "--prefix", "round/", "--yes");
        assertThat(run(exported.out(), "load", "-").exitCode()).isZero();
        assertThat(run("", "get", "round/b").out()).isEqualTo("two words");
        assertThat(run("", "export", "nothing/").out()).isEmpty();
    }

    @Test
    void aReportHasWhatANodeIsAndNothingOfItsRecords() throws IOException {
        run("hush-key hush-value\n", "load", "-");
        Ran ran = run("", "report", "report.tar.gz");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).endsWith("report.tar.gz: 1 nodes\n");
        Map<String, String> files = untar(dir.resolve("report.tar.gz"));
        assertThat(files.keySet())
                .contains("README", "cluster.json", "b0/report.json", "b0/cluster.json", "b0/ready.txt");
        assertThat(String.join("", files.values())).doesNotContain("hush-key", "hush-value");
        assertThat(files.get("b0/ready.txt")).contains("[+]");

        JsonNode report = JSON.readTree(files.get("b0/report.json"));
        assertThat(report.at("/node/name").asText()).isEqualTo("b0");
        assertThat(report.at("/settings/value-max").asText()).isNotEmpty();
        assertThat(report.at("/process/heapMaxBytes").asLong()).isPositive();
        assertThat(report.at("/je/environment").asText()).contains("Cache");
        assertThat(report.at("/je/replication").asText()).isNotEmpty();
        assertThat(report.at("/threads").asText()).contains("fish-membership-b0", "    at ");
        assertThat(report.path("events")).isNotEmpty();

        Ran twice = run("", "report", "report.tar.gz");
        assertThat(twice.exitCode()).isEqualTo(1);
        assertThat(twice.err()).contains("is there already");
        assertThat(dir.resolve("report.tar.gz.part")).doesNotExist();
    }

    private static Map<String, String> untar(Path file) throws IOException {
        byte[] tar;
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            tar = in.readAllBytes();
        }
        assertThat(tar.length % 512).isZero();
        Map<String, String> files = new TreeMap<>();
        int at = 0;
        while (tar[at] != 0) {
            String name = text(tar, at, 100);
            int size = Integer.parseInt(text(tar, at + 124, 11), 8);
            int sum = 0;
            for (int i = 0; i < 512; i++) {
                sum += i >= 148 && i < 156 ? ' ' : tar[at + i] & 0xff;
            }
            assertThat(Integer.parseInt(text(tar, at + 148, 6), 8)).isEqualTo(sum);
            assertThat(text(tar, at + 257, 5)).isEqualTo("ustar");
            files.put(name.replace("fish-report/", ""), new String(tar, at + 512, size, StandardCharsets.UTF_8));
            at += 512 + (size + 511) / 512 * 512;
        }
        assertThat(tar.length - at).isEqualTo(1024);
        return files;
    }

    private static String text(byte[] tar, int at, int max) {
        int length = 0;
        while (length < max && tar[at + length] != 0) {
            length++;
        }
        return new String(tar, at, length, StandardCharsets.US_ASCII);
    }

    @Test
    void aBenchPrintsATableOrADocumentAndDraws() throws IOException {
        Ran ran = run(
                "",
                "bench",
                "--workload",
                "mixed",
                "--keys",
                "100",
                "--connections",
                "4",
                "--warm-up",
                "0s",
                "--duration",
                "3s",
                "--plot",
                "plot.svg");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("fish: mixed, 50 % gets, 4 connections", "p99.9", "none failed", "cores");
        assertThat(Files.readString(dir.resolve("plot.svg"))).startsWith("<svg");

        Ran json = run(
                "",
                "--json",
                "bench",
                "--workload",
                "get",
                "--consistency",
                "local",
                "--keys",
                "100",
                "--no-fill",
                "--warm-up",
                "0s",
                "--duration",
                "3s",
                "--rate",
                "100");
        JsonNode document = JSON.readTree(json.out());
        assertThat(document.path("loop").asText()).isEqualTo("open");
        assertThat(document.at("/latencyMillis/get/p99").asDouble()).isPositive();
    }

    @Test
    void aWrongBenchIsToldWholeBeforeItBegins() {
        Ran ran = run("", "bench", "--connections", "0", "--plot", "x.png", "--consistency", "some");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("--connections", "--plot", "--consistency");
        assertThat(run("", "bench", "--workload", "sing").exitCode()).isEqualTo(2);
        assertThat(run("", "bench", "--dialect", "consul", "--workload", "list").exitCode())
                .isEqualTo(2);
        assertThat(run("", "--at", "http://127.0.0.1:1", "bench").exitCode()).isEqualTo(1);
    }
}
