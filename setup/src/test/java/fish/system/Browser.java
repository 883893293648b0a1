package fish.system;

import static fish.testing.Eventually.eventually;
import static fish.testing.Eventually.eventuallyGet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window and with nothing but what a test loads into it. For one thread. */
final class Browser implements AutoCloseable {
    /** For what a page does by itself, on a busy machine. */
    static final Duration SOON = Duration.ofSeconds(60);

    private static final List<String> FLAGS = List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1440,900");

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    /** Whether there is one here; {@code bin/check} installs it. */
    static boolean isThere() {
        return program("chromium").isPresent() && program("chromedriver").isPresent();
    }

    static Browser open() throws IOException {
        Path profile = Files.createTempDirectory("fish-browser-");
        LoggingPreferences logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program("chromium").orElseThrow().toFile());
        options.addArguments(FLAGS);
        options.addArguments("--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", logging);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(program("chromedriver").orElseThrow().toFile())
                .usingAnyFreePort()
                .withSilent(true)
                .withTimeout(SOON)
                .build();
        return new Browser(profile, new ChromeDriver(service, options));
    }

    private static Optional<Path> program(String name) {
        return Arrays.stream(
                        Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Loads it anew, also where only what comes after the {@code #} differs. */
    void go(URI page) {
        driver.get("about:blank");
        driver.get(page.toString());
    }

    void resize(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** Runs this script in the page; an element or text of it is given back. */
    Object run(String script, Object... arguments) {
        return Objects.requireNonNullElse(driver.executeScript(script, arguments), "");
    }

    /** As {@link #run}, of a script that calls its last argument with what it gives back. */
    Object runAsync(String script, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(SOON);
        return Objects.requireNonNullElse(driver.executeAsyncScript(script, arguments), "");
    }

    /** What is there by this selector of CSS, once it is. */
    WebElement find(String selector) {
        return eventuallyGet(SOON, () -> driver.findElement(By.cssSelector(selector)));
    }

    /** The button that is called so. */
    WebElement button(String name) {
        return eventuallyGet(SOON, () -> driver.findElements(By.tagName("button")).stream()
                .filter(button -> button.isDisplayed() && button.getText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no button " + name)));
    }

    /** All text that can be seen there. */
    String text(String selector) {
        return driver.findElement(By.cssSelector(selector)).getText();
    }

    /** Waits until all of this can be read there. */
    void shows(String selector, String... texts) {
        eventually(SOON, () -> assertThat(text(selector)).contains(texts));
    }

    /** What the page complained of, but for requests that were answered with an error. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(Object::toString)
                .filter(entry -> !entry.contains("Failed to load resource"))
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
        // Its processes may write for a moment more.
        eventually(SOON, this::deleteProfile);
    }

    private void deleteProfile() throws IOException {
        if (Files.exists(profile)) {
            try (Stream<Path> all = Files.walk(profile)) {
                all.sorted((a, b) -> b.compareTo(a))
                        .forEach(path -> path.toFile().delete());
            }
        }
        assertThat(profile).doesNotExist();
    }
}
