package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.testing.FreePorts;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.OpenApi;
import fish.testing.Program;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real nodes count, against what is written about it, and in the eyes of a real Prometheus. */
class MetricsOfNodesTest {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern NAME = Pattern.compile("\\b(?:fish|jvm|process)_[a-z0-9_]+");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");

    @TempDir
    static Path directory;

    private static GroupInJvm group;

    /** One line of {@code docs/metrics.md}. */
    private record Family(String name, String type, Set<String> labels, Set<String> nodes, String help) {
        String row() {
            String on = nodes.size() == 2 ? "all" : nodes.contains("b0") ? "back-ends" : "front-ends";
            String labelled = labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
            return "| `%s` | %s | %s | %s | %s |".formatted(name, type, labelled, on, help);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        group = new GroupInJvm(directory, 1, 1);
        group.start();
        for (int i = 0; i < 20; i++) {
            assertThat(group.probe("r0").put("k" + i, "v").send().isSuccess()).isTrue();
            assertThat(group.probe("r0").get("k" + i).send().status()).isEqualTo(200);
        }
        assertThat(group.probe("b0").put("k", "v").ifMatch(1).send().status()).isEqualTo(412);
        assertThat(group.probe("r0").get("none").send().status()).isEqualTo(404);
    }

    @AfterAll
    static void stop() {
        group.close();
    }

    private static String text(String node) throws IOException {
        HttpAnswer answer = group.probe(node).request("GET", "/metrics").send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain; version=0.0.4");
        return answer.text();
    }

    private static Map<String, Family> families() throws IOException {
        Map<String, Family> families = new TreeMap<>();
        for (String node : List.of("b0", "r0")) {
            String help = "";
            String name = "";
            for (String line : text(node).lines().toList()) {
                if (line.startsWith("# HELP ")) {
                    name = line.split(" ", 4)[2];
                    help = line.split(" ", 4)[3];
                } else if (line.startsWith("# TYPE ")) {
                    String type = line.split(" ", 4)[3];
                    families.putIfAbsent(name, new Family(name, type, new TreeSet<>(), new TreeSet<>(), help));
                } else {
                    Family family = Objects.requireNonNull(families.get(name), line);
                    family.nodes().add(node);
                    family.labels().addAll(labels(line));
                }
            }
        }
        return families;
    }

    private static Set<String> labels(String sample) {
        Matcher parts = SAMPLE.matcher(sample);
        assertThat(parts.matches()).as(sample).isTrue();
        Set<String> labels = new TreeSet<>();
        Matcher label = Pattern.compile("([a-z]+)=\"").matcher(parts.group(2) == null ? "" : parts.group(2));
        while (label.find()) {
            labels.add(label.group(1));
        }
        labels.remove("le");
        return labels;
    }

    /** Names as queries use them. */
    private static Set<String> sampleNames() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String node : List.of("b0", "r0")) {
            text(node)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        }
        return names;
    }

    @Test
    void theListInTheDocumentationIsWhatNodesServe() throws IOException {
        List<String> written = Files.readAllLines(TOP.resolve("docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `fish_"))
                .toList();
        // Some are only there once something has happened, such as a comparison of clocks.
        eventually(SOON, () -> assertThat(families().values().stream()
                        .filter(family -> family.name().startsWith("fish_"))
                        .map(Family::row))
                .containsExactlyElementsOf(written));
    }

    @Test
    void theDashboardAndTheRulesUseOnlyWhatNodesServe() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String file : List.of("conf/grafana/fish.json", "conf/prometheus/fish.rules.yml")) {
            Matcher name = NAME.matcher(Files.readString(TOP.resolve(file)));
            while (name.find()) {
                used.add(name.group());
            }
        }
        assertThat(used).hasSizeGreaterThan(30);
        used.remove("fish_certificate_end_timestamp_seconds"); // with TLS alone: NodeMetricsTest
        eventually(SOON, () -> assertThat(sampleNames()).containsAll(used));
    }

    @Test
    void theDashboardIsWhole() throws IOException {
        JsonNode board = new ObjectMapper()
                .readTree(TOP.resolve("conf/grafana/fish.json").toFile());
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : board.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(panel.path("title").asText()).isNotEmpty();
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.path("targets")).isNotEmpty().allSatisfy(target -> assertThat(
                                target.path("expr").asText())
                        .contains("$job"));
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);
    }

    @Test
    void aHistoryShowsWhatHappened() throws IOException {
        OpenApi api = new OpenApi(
                group.probe("b0").request("GET", "/openapi.json").send().json());
        eventually(SOON, () -> {
            HttpAnswer front = history("r0");
            assertThat(api.faults("GET /metrics/history", front)).isEmpty();
            assertThat(sum(front, "writes")).isPositive();
            assertThat(sum(front, "reads")).isPositive();
            HttpAnswer back = history("b0");
            assertThat(api.faults("GET /metrics/history", back)).isEmpty();
            assertThat(sum(back, "committed")).isPositive();
            assertThat(back.json().path("series").path("role").toString()).contains("\"master\"");
            assertThat(back.json().path("events").findValuesAsText("event")).contains("joined", "role", "took-office");
            int points = back.json().path("times").size();
            assertThat(back.json().path("series"))
                    .allSatisfy(series -> assertThat(series).hasSize(points));
        });
        assertThat(history("b0", "&since=4000000000").json().path("times")).isEmpty();
    }

    private static HttpAnswer history(String node) throws IOException {
        return history(node, "");
    }

    private static HttpAnswer history(String node, String more) throws IOException {
        HttpAnswer answer = group.probe(node)
                .request("GET", "/metrics/history?step=1s" + more)
                .send();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }

    private static double sum(HttpAnswer history, String series) {
        double sum = 0;
        for (JsonNode value : history.json().path("series").path(series)) {
            sum += value.asDouble();
        }
        return sum;
    }

    @Test
    void realAnswersAreAsTheApiIsDescribed() throws IOException {
        HttpProbe front = group.probe("r0");
        OpenApi api = new OpenApi(front.request("GET", "/openapi.json").send().json());
        long revision = front.put("json", "{}")
                .header("Content-Type", "application/json")
                .send()
                .revision();
        Map<String, HttpAnswer> answers = new TreeMap<>();
        answers.put("GET /cluster", front.request("GET", "/cluster").send());
        answers.put(
                "GET /changes",
                front.request("GET", "/changes?wait=50s&since=" + (revision - 1))
                        .send());
        answers.put("GET /kv", front.request("GET", "/kv?limit=3").send());
        answers.put(
                "POST /cluster/master",
                front.request("POST", "/cluster/master")
                        .body("{\"node\":\"b0\"}".getBytes(StandardCharsets.UTF_8))
                        .send());
        answers.put(
                "DELETE /cluster/nodes/*",
                front.request("DELETE", "/cluster/nodes/none").send());
        answers.forEach((operation, answer) -> assertThat(api.faults(operation, answer))
                .as("%s: %s", operation, answer)
                .isEmpty());
        assertThat(answers.get("GET /changes").json().path("commits")).isNotEmpty();
        assertThat(answers.get("GET /cluster").status()).isEqualTo(200);
    }

    /** Where {@code bin/check} has put them, or in the path. */
    private static Path prometheus(String program) {
        Optional<Path> found = Stream.concat(
                        Stream.of(TOP.resolve("target/prometheus/usr/bin")),
                        Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "")
                                        .split(":", -1))
                                .map(Path::of))
                .map(dir -> dir.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), "there is no " + program + " here, which bin/check fetches where it can");
        return found.orElseThrow();
    }

    private static void check(List<String> command, Path input) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
        assertThat(said).doesNotContainIgnoringCase("error");
    }

    @Test
    void promtoolFindsNothingToSay() throws Exception {
        String promtool = prometheus("promtool").toString();
        Path nothing = Path.of("/dev/null");
        check(
                List.of(
                        promtool,
                        "check",
                        "rules",
                        TOP.resolve("conf/prometheus/fish.rules.yml").toString()),
                nothing);
        check(
                List.of(
                        promtool,
                        "test",
                        "rules",
                        TOP.resolve("conf/prometheus/fish.rules.test.yml").toString()),
                nothing);
        check(
                List.of(
                        promtool,
                        "check",
                        "config",
                        TOP.resolve("conf/prometheus/prometheus.yml").toString()),
                nothing);
        for (String node : List.of("b0", "r0")) {
            Path scraped = Files.writeString(directory.resolve(node + ".txt"), ofFish(text(node)));
            check(List.of(promtool, "check", "metrics"), scraped);
        }
    }

    /** The names of the JVM's figures are its library's matter. */
    private static String ofFish(String text) {
        return text.lines().filter(line -> line.contains("fish_")).collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void aPrometheusScrapesTheGroupAndEvaluatesItsRules() throws Exception {
        Path program = prometheus("prometheus");
        int port = FreePorts.any();
        Path home = Files.createDirectories(directory.resolve("prometheus"));
        String config = Files.readString(TOP.resolve("conf/prometheus/prometheus.yml"))
                .replaceAll("_interval: 5s", "_interval: 1s")
                .replaceAll(
                        "targets: \\[.*]",
                        "targets: ['%s', '%s']".formatted(authority(group.probe("b0")), authority(group.probe("r0"))));
        Files.writeString(home.resolve("prometheus.yml"), config);
        Files.copy(TOP.resolve("conf/prometheus/fish.rules.yml"), home.resolve("fish.rules.yml"));
        List<String> command = List.of(
                program.toString(),
                "--config.file=" + home.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + home.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port);
        try (Program prometheus = Program.start("prometheus", command, Map.of(), home)) {
            HttpProbe asked = HttpProbe.of(URI.create("http://127.0.0.1:" + port), Duration.ofSeconds(30));
            eventually(SOON, () -> {
                assertThat(prometheus.isAlive()).isTrue();
                assertThat(value(asked, "count(up{job=\"fish\"} == 1)")).isEqualTo(2);
                assertThat(value(asked, "sum(fish_pen_writes_total)")).isGreaterThanOrEqualTo(20);
                assertThat(value(asked, "sum(fish_node_state{state=\"master\"})"))
                        .isEqualTo(1);
                JsonNode rules = rules(asked);
                assertThat(rules).hasSizeGreaterThan(10);
                assertThat(rules)
                        .allSatisfy(rule -> assertThat(rule.path("health").asText())
                                .as("%s", rule)
                                .isEqualTo("ok"));
            });
            assertThat(rules(asked).findValuesAsText("state")).doesNotContain("firing");
        }
    }

    private static String authority(HttpProbe probe) {
        return probe.base().getAuthority();
    }

    private static JsonNode rules(HttpProbe prometheus) throws IOException {
        return prometheus.request("GET", "/api/v1/rules").send().json().at("/data/groups/0/rules");
    }

    private static double value(HttpProbe prometheus, String query) throws IOException {
        String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
        return prometheus
                .request("GET", "/api/v1/query?query=" + encoded)
                .send()
                .json()
                .at("/data/result/0/value/1")
                .asDouble();
    }
}
