package fish.tidy;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import fish.tidy.SourceTree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know. A row that must be broken says why beside it. */
class TidyTest {
    private static final Path ROOT = root();

    private static final int FILE_LINES_MAX = 500;
    private static final int FUNCTION_LINES_MAX = 60;
    private static final int PARAMETERS_MAX = 7;
    private static final int RECORD_COMPONENTS_MAX = 6;

    /** Which room may import from which; what is not named here imports from no other. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            entry("contract", Set.of("kv")),
            entry("json", Set.of()),
            entry("backup", Set.of("json")),
            entry("kv", Set.of()),
            entry("access", Set.of("kv", "run")),
            entry("conf", Set.of("budget", "contract")),
            entry("home", Set.of("conf", "contract")),
            entry("run", Set.of("conf", "contract", "home")),
            entry("budget", Set.of("kv")),
            entry("tls", Set.of("conf", "home", "run")),
            entry("metrics", Set.of()),
            entry("http", Set.of("access", "contract", "json", "kv", "run", "budget", "metrics", "tls")),
            entry("api", Set.of("access", "contract", "http", "json", "kv", "budget", "metrics", "run")),
            entry("link", Set.of("contract", "kv", "run", "budget", "tls")),
            entry("client", Set.of("contract", "json", "kv", "run")),
            entry("tool.bulk", Set.of("api", "client", "json", "kv", "run")),
            entry("tool.bench", Set.of("json", "run")),
            entry("tool.report", Set.of("client", "contract")),
            entry("jefix", Set.of("contract", "run", "budget", "tls")),
            entry("store", Set.of("contract", "json", "kv", "run", "budget", "metrics")),
            entry("store.master", Set.of("contract", "kv", "run", "store", "budget", "metrics")),
            entry("store.replica", Set.of("contract", "kv", "run", "store", "budget")),
            entry("store.watch", Set.of("contract", "kv", "run", "store", "budget")),
            entry("store.backup", Set.of("kv", "store")),
            entry("group.probe", Set.of("contract", "run")),
            entry(
                    "group",
                    Set.of(
                            "group.probe",
                            "contract",
                            "home",
                            "jefix",
                            "kv",
                            "run",
                            "store",
                            "store.master",
                            "budget",
                            "tls")),
            entry("group.join", Set.of("contract", "group", "group.probe", "run", "tls")),
            entry(
                    "node",
                    Set.of(
                            "access",
                            "api",
                            "backup",
                            "budget",
                            "conf",
                            "contract",
                            "group",
                            "group.join",
                            "home",
                            "http",
                            "jefix",
                            "json",
                            "kv",
                            "link",
                            "metrics",
                            "run",
                            "store",
                            "store.backup",
                            "store.master",
                            "store.replica",
                            "store.watch",
                            "tls")));

    /** The programs wire everything; they import what they like but each other, which Maven sees to. */
    private static final Set<String> PROGRAMS = Set.of("back", "front", "setup", "tool");

    /** Records that carry more than six things. */
    private static final Map<String, String> LARGE_RECORDS = Map.of(
            "Read", "all that a read carries over every border",
            "Range", "what a page is of, as the parameters of a list say it",
            "NodeStatus", "a row of /cluster, field by field as the contract has it",
            "NodeReport", "what a node says of itself, field by field as it is sent",
            "Request", "one HTTP request of the client, in the client alone",
            "ClientConfig", "the client's options, set one by one with their defaults",
            "Surroundings", "all that a process has from outside, so that tests can stand in for it",
            "NodeOptions", "what JE must know of a node, checked together",
            "Write", "all that a write carries over every border",
            "LinkLimits", "the limits of one connection, checked together");

    private static List<Source> sources = List.of();

    /** Whether Maven runs it, in the module, or an editor does, at the top. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        Path parent = here.getParent();
        return Files.exists(here.resolve("setup")) || parent == null ? here : parent;
    }

    @BeforeAll
    static void read() throws IOException {
        sources = new SourceTree(ROOT).read();
        assertThat(sources).hasSizeGreaterThan(300);
    }

    @Test
    void berkeleyDbIsKnownInItsRoomsAlone() {
        assertThat(main(source ->
                        source.imports().stream().anyMatch(it -> it.type().startsWith("com.sleepycat"))
                                && !source.room().matches("store(\\..*)?|group(\\..*)?|jefix")))
                .isEmpty();
    }

    @Test
    void roomsKnowEachOtherInOneDirection() {
        List<String> wrong = new ArrayList<>();
        for (Source source : sources) {
            if (!source.test() && !PROGRAMS.contains(source.room())) {
                Set<String> may = MAY_IMPORT.getOrDefault(source.room(), Set.of());
                source.imports().stream()
                        .filter(it -> it.type().startsWith("fish."))
                        .filter(it -> !it.room().equals(source.room()) && !may.contains(it.room()))
                        .forEach(it -> wrong.add(source.path() + " imports " + it.type()));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theTableOfRoomsHasNoCircle() {
        List<String> circles = new ArrayList<>();
        MAY_IMPORT.keySet().forEach(room -> walk(room, List.of(room), circles));
        assertThat(circles).isEmpty();
    }

    private static void walk(String room, List<String> way, List<String> circles) {
        for (String next : MAY_IMPORT.getOrDefault(room, Set.of())) {
            if (next.equals(way.get(0))) {
                circles.add(String.join(" > ", way));
            } else if (!way.contains(next)) {
                List<String> further = new ArrayList<>(way);
                further.add(next);
                walk(next, further, circles);
            }
        }
    }

    @Test
    void threadsAreMadeInOnePlace() {
        Pattern made =
                Pattern.compile("new Thread\\(|new Timer\\(|Executors\\.new(?!FixedThreadPool)|startVirtualThread");
        assertThat(main(source -> !source.name().equals("Threads.java")
                        && source.lines().stream()
                                .anyMatch(line -> made.matcher(line).find())))
                .isEmpty();
    }

    @Test
    void filesAreShort() {
        assertThat(named(sources.stream().filter(source -> source.lines().size() > FILE_LINES_MAX)))
                .isEmpty();
    }

    @Test
    void functionsAreShortAndTakeFewThings() {
        List<String> wrong = new ArrayList<>();
        for (Source source : sources) {
            for (SourceTree.Member member : source.members()) {
                boolean wide = !member.record()
                        && member.parameters() > PARAMETERS_MAX
                        && !source.test()
                        && !member.name().equals("<init>");
                if (member.lines() > FUNCTION_LINES_MAX || wide) {
                    wrong.add(source.path() + " " + member);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void recordsGroupWhatBelongsTogether() {
        List<String> wrong = new ArrayList<>();
        for (Source source : sources) {
            source.members().stream()
                    .filter(member -> member.record() && member.parameters() > RECORD_COMPONENTS_MAX)
                    .filter(member -> !source.test() && !LARGE_RECORDS.containsKey(member.name()))
                    .forEach(member -> wrong.add(source.path() + " " + member));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void noTwoFilesHaveOneName() {
        Map<String, List<Path>> byName = new TreeMap<>();
        sources.stream()
                .filter(source -> !source.name().equals("package-info.java"))
                .forEach(source -> byName.computeIfAbsent(source.name(), name -> new ArrayList<>())
                        .add(source.path()));
        byName.values().removeIf(paths -> paths.size() == 1);
        // The server's and the client's share a word of the contract, and are never met together.
        byName.keySet().removeAll(Set.of("Params.java"));
        assertThat(byName).isEmpty();
    }

    @Test
    void everyRoomSaysWhatItIs() {
        Map<String, Boolean> described = new HashMap<>();
        sources.stream()
                .filter(source -> !source.test())
                .forEach(source ->
                        described.merge(source.room(), source.name().equals("package-info.java"), Boolean::logicalOr));
        assertThat(described).doesNotContainValue(false);
    }

    @Test
    void testsWaitForThingsAndNotForTime() {
        Pattern sleep = Pattern.compile("Thread\\.sleep\\(|TimeUnit\\.[A-Z]+\\.sleep\\(");
        assertThat(named(sources.stream()
                        .filter(Source::test)
                        .filter(source -> !source.name().matches("(Eventually|Faults|TidyTest).*\\.java"))
                        .filter(source -> source.lines().stream()
                                .anyMatch(line -> sleep.matcher(line).find()))))
                .isEmpty();
    }

    @Test
    void linksInTheDocumentationResolve() throws IOException {
        Pattern link = Pattern.compile("\\]\\(([^)\\s]+)\\)");
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            String text = Files.readString(page);
            Matcher found = link.matcher(text);
            while (found.find()) {
                String target = found.group(1);
                if (!target.contains("://") && !target.startsWith("mailto:") && !resolves(page, target)) {
                    broken.add(ROOT.relativize(page) + ": " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static boolean resolves(Path page, String target) throws IOException {
        String file = target.split("#", 2)[0];
        String anchor = target.contains("#") ? target.split("#", 2)[1] : "";
        Path there = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        return Files.exists(there) && (anchor.isEmpty() || anchors(there).contains(anchor));
    }

    /** As the usual renderers make them of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceAll("^#+ *", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String dir : List.of("", "docs", "src", "back", "front", "setup")) {
            try (Stream<Path> all = Files.list(ROOT.resolve(dir))) {
                all.filter(path -> path.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    private static List<String> main(Predicate<Source> which) {
        return named(sources.stream().filter(source -> !source.test()).filter(which));
    }

    private static List<String> named(Stream<Source> some) {
        return some.map(source -> source.path().toString()).toList();
    }
}
