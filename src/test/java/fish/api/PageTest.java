package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URL;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the page at {@code /} and its files are served; what they do in a browser is tried in one. */
class PageTest {
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private final ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    static List<String> files() {
        return Stream.concat(PageHandler.NAMES.stream(), Stream.of("uPlot.iife.min.js", "uPlot.min.css"))
                .map(name -> PageHandler.FILES + name)
                .toList();
    }

    private static void isSafe(HttpHeaders headers) {
        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http:", "https:", "*", "data:");
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
    }

    @Test
    void aBrowserGetsThePage() throws Exception {
        HttpResponse<String> page = fish.get("/", "Accept", BROWSER);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.headers().allValues("Vary")).contains("Accept", "Accept-Encoding");
        assertThat(page.body()).startsWith("<!doctype html>").contains("ui/main.js");
        isSafe(page.headers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/*;q=0.5", "text/plain, text/html"})
    void whoTakesHtmlGetsThePage(String accept) throws Exception {
        assertThat(fish.get("/", "Accept", accept).body()).startsWith("<!doctype html>");
        assertThat(fish.get("/").body()).startsWith("<!doctype html>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json", "text/html;q=0, application/json"})
    void whoTakesNoneGetsAFewLines(String accept) throws Exception {
        HttpResponse<String> hint = fish.get("/", "Accept", accept);
        assertThat(hint.statusCode()).isEqualTo(200);
        assertThat(hint.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
        assertThat(hint.body()).contains("curl").doesNotContain("<");
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileIsSentWholeOrCompressedOrNotAgain(String path) throws Exception {
        HttpResponse<String> plain = fish.get(path);
        assertThat(plain.statusCode()).isEqualTo(200);
        assertThat(plain.headers().firstValue("Content-Type").orElse(""))
                .startsWith(
                        path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "image/svg");
        assertThat(plain.headers().firstValue("Cache-Control")).hasValue("no-cache");
        isSafe(plain.headers());

        String raw = fish.raw("GET " + path
                + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br, gzip\r\nConnection: close\r\n\r\n");
        assertThat(raw).contains("Content-Encoding: gzip\r\n");
        byte[] body = raw.substring(raw.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        byte[] unzipped = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        assertThat(new String(unzipped, StandardCharsets.UTF_8)).isEqualTo(plain.body());
        assertThat(body.length).isLessThan(unzipped.length + 100);

        String etag = plain.headers().firstValue("ETag").orElseThrow();
        assertThat(raw).doesNotContain("ETag: " + etag);
        HttpResponse<String> again = fish.get(path, "If-None-Match", "\"other\", W/" + etag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).hasValue(etag);
        assertThat(fish.get(path, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    }

    @Test
    void headTellsTheLengthAlone() throws Exception {
        int length = fish.get("/").body().getBytes(StandardCharsets.UTF_8).length;
        HttpResponse<String> head = fish.send("HEAD", "/", "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).hasValue("" + length);
    }

    @Test
    void whatIsNotThereIsRefused() throws Exception {
        for (String path : List.of("/ui/", "/ui/none.js", "/ui/../pom.xml", "/ui/%2e%2e/x", "/ui/index.html")) {
            assertThat(fish.get(path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(fish.send("POST", "/", "").headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
        assertThat(fish.get("/?surplus=1").statusCode()).isEqualTo(400);
        assertThat(fish.get("/ui/main.js?surplus=1").statusCode()).isEqualTo(400);
    }

    @Test
    void allFilesAreServedAndNothingIsLoadedFromElsewhere() throws Exception {
        URL there = PageHandler.class.getClassLoader().getResource("fish/page/index.html");
        assertThat(there).isNotNull();
        Pattern elsewhere = Pattern.compile("(?:src|href|from|import|url)\\s*[=(]?\\s*['\"]?(?:https?:)?//");
        try (Stream<Path> all = Files.list(Path.of(there.toURI()).getParent())) {
            List<Path> found = all.toList();
            assertThat(found.stream().map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(Stream.of("index.html"), PageHandler.NAMES.stream())
                                    .toList());
            for (Path file : found) {
                String text = Files.readString(file);
                assertThat(elsewhere.matcher(text).find()).as(file.toString()).isFalse();
                assertThat(text.lines().count()).as(file.toString()).isLessThanOrEqualTo(500);
                assertThat(text).as(file.toString()).doesNotContain("innerHTML", " style=\"", "eval(");
            }
        }
    }
}
