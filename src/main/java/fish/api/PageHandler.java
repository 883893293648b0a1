package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The page at {@code /} and its files below {@code /ui/}: all of it is read when the node starts, holds no data, and
 * asks for everything else as any client does. Thread-safe.
 */
final class PageHandler {
    /** Where its files are. */
    static final String FILES = "/ui/";

    private static final String OURS = "fish/page/";
    private static final String PLOTS = "META-INF/resources/webjars/uplot/1.6.30/dist/";

    /** The files of the page itself; a test compares them with what is there. */
    static final List<String> NAMES = List.of(
            "api.js",
            "changes.js",
            "dom.js",
            "drawing.js",
            "editor.js",
            "fish.svg",
            "group.js",
            "history.js",
            "main.js",
            "page.css",
            "plots.js",
            "records.js",
            "series.js",
            "values.js",
            "verdict.js",
            "words.js");

    private static final List<String> PLOT_NAMES = List.of("uPlot.iife.min.js", "uPlot.min.css");

    private static final Set<String> PARAMS = Set.of("timeout");

    private static final byte[] HINT = """
            Fish, a key-value store. This is its page for browsers; in a terminal:

              curl -X PUT localhost:8000/kv/hello -d world     write a record
              curl localhost:8000/kv/hello                     read it
              curl 'localhost:8000/kv?prefix=h'                list records
              curl localhost:8000/cluster                      the group
              curl 'localhost:8000/health/ready?verbose'       this node
            """.getBytes(StandardCharsets.UTF_8);

    private final PageFile page = PageFile.ofResource(OURS + "index.html");
    private final Map<String, PageFile> files = new TreeMap<>();

    PageHandler() {
        NAMES.forEach(name -> files.put(name, PageFile.ofResource(OURS + name)));
        PLOT_NAMES.forEach(name -> files.put(name, PageFile.ofResource(PLOTS + name)));
    }

    /** {@code GET /}. */
    void page(Call call) {
        call.deadlineNanos(call.params(PARAMS));
        call.exchange().getResponseHeaders().add(Headers.VARY, "Accept");
        if (takesHtml(call.exchange().getRequestHeaders().get(Headers.ACCEPT))) {
            page.send(call);
        } else {
            call.exchange().getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
            call.send(200, HINT);
        }
    }

    /** {@code GET /ui/NAME}. */
    void file(Call call) {
        call.deadlineNanos(call.params(PARAMS));
        PageFile file = files.get(call.rest());
        if (file == null) {
            throw new Problem(Code.NOT_FOUND, "the page has no such file").exception();
        }
        file.send(call);
    }

    /** Whether HTML is among what is taken; who does not say takes all. */
    private static boolean takesHtml(@Nullable HeaderValues accept) {
        return accept == null
                || accept.stream()
                        .flatMap(line -> Arrays.stream(line.split(",", -1)))
                        .map(range -> range.replace(" ", "").toLowerCase(Locale.ROOT))
                        .filter(range -> !range.matches(".*;q=0(\\.0*)?"))
                        .map(range -> range.split(";", -1)[0])
                        .anyMatch(Set.of("text/html", "text/*", "*/*")::contains);
    }
}
