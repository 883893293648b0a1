package fish.system;

import static fish.system.Browser.SOON;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import fish.system.SharedGroup.Running;
import fish.testing.FishNode;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page at {@code /} in a real browser, of a group that runs. */
@ExtendWith(SharedGroup.class)
@Timeout(600)
class PageIT {
    private static final int MANY = 10_000;
    private static final int IN_ONE_TXN = 125;
    /** On a machine that has the whole group to run too. */
    private static final double FROZEN_MILLIS = 10_000;

    private static Browser browser;

    @BeforeAll
    static void open() throws IOException {
        assumeTrue(Browser.isThere(), "needs chromium and chromedriver");
        browser = Browser.open();
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    /** The policy refused nothing of the page's own, and no script failed. */
    @AfterEach
    void nothingWasComplainedOf() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void see(Running running, String fragment) {
        browser.go(running.group().front(0).http().resolve("/" + fragment));
    }

    @Test
    void showsAFailOverAsItHappens(Running running) {
        see(running, "");
        browser.shows("#group", "All is well", "The group can lose 1 of 3 back-ends and still serve.");
        browser.shows("#drawing", "b0", "b1", "b2", "r0", "r1");
        browser.shows("#group", "as r0 saw it");
        eventually(SOON, () -> assertThat((long) browser.run("return document.querySelectorAll('.plot canvas').length"))
                .isGreaterThanOrEqualTo(5));
        FishNode master = running.group().master(SOON);
        browser.shows(".verdict", master.name() + " is master.");

        master.program().kill9();
        browser.shows("#group", "Serving, with something to look at", "The group can lose no back-end more");
        browser.shows("#issues", master.name() + " does not answer.");
        FishNode next = running.group().master(SOON);
        browser.shows("#drawing", "does not answer");
        browser.shows("#events", next.name() + " is master now", "This node sends requests to " + next.name());

        master.start().awaitReady(SharedGroup.START_MAX);
        browser.shows(".verdict", "All is well", next.name() + " is master.");
        browser.shows("#events", master.name() + " follows the master again.");
    }

    @Test
    void editsARecordAndRefusesALostEdit(Running running) throws IOException {
        HttpProbe front = running.front(0);
        front.put("page/motd", "first").send();
        see(running, "#records?prefix=page/");
        browser.shows("#keys", "page/motd");
        browser.find("#keys").sendKeys(Keys.HOME, Keys.ENTER);
        eventually(
                SOON, () -> assertThat(value(browser.find(".editor textarea"))).isEqualTo("first"));

        retype("second");
        browser.find(".editor textarea").sendKeys(Keys.chord(Keys.CONTROL, "s"));
        browser.shows(".editor", "Saved at revision");
        assertThat(front.get("page/motd").send().text()).isEqualTo("second");

        front.put("page/motd", "somebody else's").send();
        retype("mine");
        browser.button("Save").click();
        browser.shows("#lost", "Not saved", "somebody changed this record meanwhile");
        assertThat(value(browser.find(".editor textarea"))).isEqualTo("mine");
        assertThat(front.get("page/motd").send().text()).isEqualTo("somebody else's");

        browser.button("Replace theirs with mine").click();
        browser.shows(".editor", "Saved at revision");
        assertThat(front.get("page/motd").send().text()).isEqualTo("mine");

        browser.run(
                "const end = document.getElementById('end'); end.value = '1h'; end.dispatchEvent(new Event('change'))");
        browser.button("Save").click();
        browser.shows(".facts", "Ends");
        assertThat(front.get("page/motd").send().header("Fish-Expires")).isNotEmpty();

        browser.button("Delete …").click();
        browser.button("Delete").click();
        browser.shows(".editor", "page/motd is deleted.");
        assertThat(front.get("page/motd").send().status()).isEqualTo(404);
    }

    private static String value(WebElement field) {
        return String.valueOf(field.getDomProperty("value"));
    }

    private static void retype(String text) {
        WebElement field = browser.find(".editor textarea");
        field.sendKeys(Keys.chord(Keys.CONTROL, "a"), text);
    }

    @Test
    void showsBytesAsTheyAre(Running running) throws IOException {
        HttpProbe front = running.front(0);
        byte[] bytes = {0, (byte) 0xff, 'a', 13, 10};
        front.request("PUT", "/kv/page/b%2E/..").body(bytes).send();
        front.put("page/number", "{\"n\":12345678901234567890.10,\"a\":[]}")
                .header("Content-Type", "application/json")
                .send();
        see(running, "#records?key=page%2Fb.%2F..");
        browser.shows(".editor", "page/b./..", "5 B");
        eventually(
                SOON, () -> assertThat(value(browser.find(".editor textarea"))).isEqualTo("00 ff 61 0d 0a"));
        retype("00 fe");
        browser.button("Save").click();
        browser.shows(".editor", "Saved at revision");
        assertThat(front.request("GET", "/kv/page/b%2E/..").send().body()).containsExactly(0, 0xfe);

        see(running, "#records?key=page%2Fnumber");
        eventually(SOON, () -> assertThat(value(browser.find(".editor textarea")))
                .isEqualTo("{\n  \"n\": 12345678901234567890.10,\n  \"a\": []\n}"));
    }

    @Test
    void showsTenThousandRecordsWithoutFreezing(Running running) throws IOException {
        HttpProbe front = running.front(0);
        for (int from = 0; from < MANY; from += IN_ONE_TXN) {
            String puts = IntStream.range(from, from + IN_ONE_TXN)
                    .mapToObj(i -> String.format("{\"put\":{\"key\":\"many/%05d\",\"text\":\"x\"}}", i))
                    .collect(Collectors.joining(","));
            assertThat(front.txn("{\"then\":[" + puts + "]}").send().status()).isEqualTo(200);
        }
        see(running, "#records?prefix=many/");
        browser.shows("#records", "10,000 records");
        browser.run("window.slowest = 0; window.beforeFrame = performance.now();"
                + "(function frame() { const now = performance.now(); slowest = Math.max(slowest, now - beforeFrame);"
                + " beforeFrame = now; requestAnimationFrame(frame); })()");
        WebElement keys = browser.find("#keys");
        eventually(SOON, () -> {
            keys.sendKeys(Keys.END);
            assertThat(browser.text("#keys")).contains("many/09999");
        });
        assertThat((long) browser.run("return document.querySelectorAll('.key-row').length"))
                .isLessThan(100);
        assertThat(((Number) browser.run("return slowest")).doubleValue()).isLessThan(FROZEN_MILLIS);
        keys.sendKeys(Keys.HOME);
        browser.shows("#keys", "many/00000");
    }

    @Test
    void tellsChangesAsTheyCome(Running running) throws IOException {
        see(running, "#changes?prefix=tail/");
        browser.shows("#changes", "Live.");
        running.front(1).put("tail/<b>a</b>", "<script>alert(1)</script>").send();
        browser.shows("#tail", "put", "tail/<b>a</b>", "<script>alert(1)</script>");
        running.front(1).delete("tail/<b>a</b>").send();
        browser.shows("#tail", "delete");
    }

    @Test
    void fitsANarrowScreenAndHasNamesForEverything(Running running) {
        browser.resize(400, 800);
        try {
            for (String view : List.of("#group", "#records", "#changes")) {
                see(running, view);
                browser.shows("#seen", "");
                browser.find(view + " *");
                eventually(SOON, () -> {
                    assertThat((long) browser.run("return document.documentElement.scrollWidth - innerWidth"))
                            .as(view)
                            .isLessThanOrEqualTo(0);
                    assertThat(String.valueOf(browser.run(NAMELESS))).as(view).isEmpty();
                });
            }
        } finally {
            browser.resize(1440, 900);
        }
    }

    /** What can be used or jumped to, and has no name that could be read aloud. */
    private static final String NAMELESS = """
            const nameless = [...document.querySelectorAll('button, a, input, select, textarea, nav, section, dialog')]
              .filter(e => !e.closest('[hidden]') && !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
                || e.textContent.trim() || e.labels?.length));
            return nameless.map(e => e.outerHTML).join();
            """;

    @Test
    void aPageOfAnotherOriginGetsNothingThrough(Running running) throws Exception {
        HttpProbe front = running.front(0);
        front.put("page/secret", "nobody else's").send();
        see(running, "");
        assertThat(attempts(front)).contains("status 200", "status 201", "opened", "loaded");
        front.delete("page/foreign").send();
        front.delete("page/strange").send();

        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            byte[] page = "<!doctype html><title>elsewhere</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        elsewhere.start();
        try {
            browser.go(URI.create("http://localhost:" + elsewhere.getAddress().getPort() + "/"));
            List<String> seen = attempts(front);
            assertThat(seen).hasSize(8).allMatch("nothing"::equals);
        } finally {
            elsewhere.stop(0);
        }
        browser.complaints(); // of course it had some
        assertThat(front.get("page/secret").send().text()).isEqualTo("nobody else's");
        assertThat(front.get("page/foreign").send().status()).isEqualTo(404);
        assertThat(front.get("page/strange").send().status()).isEqualTo(404);

        // A link to the page is followed all the same.
        browser.run(
                "const a = document.createElement('a'); a.href = arguments[0]; document.body.append(a); a.click()",
                front.base().toString() + "/");
        browser.shows(".verdict", "All is well");
    }

    private static List<String> attempts(HttpProbe fish) {
        Map<?, ?> told = (Map<?, ?>) browser.runAsync(ATTEMPTS, fish.base().toString());
        return told.values().stream().map(String::valueOf).toList();
    }

    /** All that a page can try; it tells what it learned or did. */
    private static final String ATTEMPTS = """
            const [fish, done] = arguments;
            const learned = answer => answer.type === 'opaque' ? 'nothing' : 'status ' + answer.status;
            const attempt = (path, options) => fetch(fish + path, options).then(learned, () => 'nothing');
            const loaded = (tag, src) => new Promise((resolve, reject) => {
              const element = document.createElement(tag);
              element.onload = () => resolve('loaded');
              element.onerror = () => resolve('nothing');
              element.src = fish + src;
              document.body.append(element);
            });
            const attemptScript = async () => {
              try {
                return await loaded('script', '/ui/words.js');
              } catch (e) {
                return 'nothing'; // Fish's own page refuses scripts that are made so
              }
            };
            const stream = new Promise(resolve => {
              const source = new EventSource(fish + '/changes?since=1');
              source.onopen = () => { source.close(); resolve('opened'); };
              source.onerror = () => { source.close(); resolve('nothing'); };
            });
            const txn = JSON.stringify({ then: [{ put: { key: 'page/foreign', json: 1 } }] });
            Promise.all([
              attempt('/kv/page/secret'),
              attempt('/kv/page/secret', { mode: 'no-cors' }),
              attempt('/kv/page/strange', { method: 'PUT', body: 'x' }),
              attempt('/txn', { method: 'POST', mode: 'no-cors', body: txn }),
              attempt('/txn', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: txn }),
              attemptScript(),
              loaded('img', '/ui/fish.svg'),
              stream,
            ]).then(all => done({ ...all }));
            """;
}
