package fish.packages;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The package, unpacked into a directory, and its units, whose lines are run as they stand but for where they lie. */
@Timeout(400)
class DebianPackageIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Path CHECKOUT = Path.of(System.getProperty(Programs.HOME))
            .toAbsolutePath()
            .resolve("../..")
            .normalize();

    @TempDir
    private static Path directory;

    private static Path file;
    private static Path tree;
    private static Programs programs;

    /** What systemd makes of a unit's name, as far as these units need it. */
    private record Unit(Map<String, String> environment, String start, String ready) {}

    @BeforeAll
    static void unpack() throws Exception {
        file = made(List.of());
        tree = directory.resolve("tree");
        run(List.of("dpkg-deb", "-x", file.toString(), tree.toString()));
        // It names a place in the root directory.
        Files.delete(tree.resolve("opt/fish/conf"));
        Files.createSymbolicLink(tree.resolve("opt/fish/conf"), tree.resolve("etc/fish"));
        programs = Programs.ofBuild();
    }

    @AfterAll
    static void close() {
        programs.close();
    }

    private static Path made(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add(CHECKOUT.resolve("bin/package").toString());
        List<String> output = run(command);
        return CHECKOUT.resolve(output.get(output.size() - 1).replace("out ", ""));
    }

    @Test
    void itHasTheSameBytesWhoeverMakesIt() throws Exception {
        byte[] before = Files.readAllBytes(file);
        List<String> elsewhere = List.of("sh", "-c", "umask 077; TZ=Asia/Tokyo LC_ALL=C exec \"$0\"");
        assertThat(made(elsewhere)).hasBinaryContent(before);
    }

    @Test
    void itSaysWhatItNeedsAndWhatItIsNot() throws Exception {
        assertThat(run(List.of("dpkg-deb", "-f", file.toString())))
                .contains("out Package: fish-kv", "out Architecture: all", "out Conflicts: fish")
                .anyMatch(line -> line.matches("out Depends:.*java17-runtime-headless.*"));
        assertThat(run(List.of("dpkg-deb", "-I", file.toString(), "conffiles")))
                .containsExactly(
                        "out /etc/fish/back.properties",
                        "out /etc/fish/front.properties",
                        "out /etc/fish/logging.properties");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tree.resolve("var/lib/fish"))))
                .isEqualTo("rwx------");
        assertThat(Files.readSymbolicLink(tree.resolve("usr/bin/fish"))).isEqualTo(Path.of("/opt/fish/bin/fish"));
        run(List.of(
                "dpkg-deb", "-e", file.toString(), directory.resolve("control").toString()));
        for (String script : List.of("postinst", "prerm", "postrm")) {
            run(List.of("sh", "-n", directory.resolve("control").resolve(script).toString()));
        }
    }

    @Test
    void systemdHasNothingToSayOfTheUnits() throws Exception {
        for (String name : List.of("back", "front")) {
            Path unit = directory.resolve("fish-" + name + "@x.service");
            Files.writeString(unit, here(text(name)));
            assertThat(run(List.of("systemd-analyze", "verify", "--man=no", unit.toString())))
                    .isEmpty();
        }
        assertThat(rules(text("front"))).isEqualTo(rules(text("back")).replace("back", "front"));
    }

    private static String rules(String unit) {
        return unit.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n"));
    }

    @Test
    void theUnitsLinesRunANode() throws Exception {
        String address = "localhost:" + programs.freePort();
        settings("b0", address, "localhost:" + programs.freePort(), programs.freePort());
        Unit back = unit("back", "b0");
        service(back, "home");
        service(back, "found");
        try (Program b0 = started(back)) {
            HttpProbe probe = HttpProbe.of(b0.awaitReady(SOON), SOON);
            assertThat(probe.isOk("/health/ready")).isTrue();
            assertThat(probe.put("b", "1").send().isSuccess()).isTrue();
            assertThat(b0.terminate(SOON)).isZero();
        }
        try (Program again = started(back)) {
            HttpProbe probe = HttpProbe.of(again.awaitReady(SOON), SOON);
            assertThat(probe.get("b").send().text()).isEqualTo("1");
            assertThat(again.terminate(SOON)).isZero();
        }
    }

    /** Until the unit's line for that says that it is ready. */
    private static Program started(Unit unit) {
        Program node = Program.start(unit.start(), words(unit.start()), unit.environment(), directory);
        Map<String, String> environment = new TreeMap<>(unit.environment());
        environment.put("MAINPID", Long.toString(node.pid()));
        run(words(unit.ready()), environment);
        return node;
    }

    private static void service(Unit unit, String command) {
        run(List.of(tree.resolve("opt/fish/bin/service").toString(), command), unit.environment());
    }

    /** The example that is shipped, changed as its reader would. */
    private static void settings(String name, String address, String buddy, int port) throws IOException {
        String example = Files.readString(tree.resolve("usr/share/doc/fish-kv/examples/node.env"));
        String changed = example.replaceAll("(?m)^FISH_ADDRESS=.*", "FISH_ADDRESS=" + address)
                .replaceAll("(?m)^FISH_BUDDY=.*", "FISH_BUDDY=" + address + "," + buddy)
                .replaceAll("(?m)^PORT=.*", "PORT=" + port)
                .replaceAll("(?m)^#FISH_JAVA_OPTS=.*", "FISH_JAVA_OPTS=-Xmx256m -XX:TieredStopAtLevel=1");
        Files.writeString(tree.resolve("etc/fish").resolve(name + ".env"), changed);
    }

    private static Unit unit(String role, String name) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        String text = here(text(role)).replace("%i", name);
        for (String assignment : words(value(text, "Environment"))) {
            put(environment, assignment);
        }
        for (String line : Files.readAllLines(Path.of(value(text, "EnvironmentFile")))) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                put(environment, line);
            }
        }
        return new Unit(environment, value(text, "ExecStart"), value(text, "ExecStartPost"));
    }

    private static void put(Map<String, String> environment, String assignment) {
        int equals = assignment.indexOf('=');
        environment.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    private static String text(String role) throws IOException {
        return Files.readString(tree.resolve("usr/lib/systemd/system/fish-" + role + "@.service"));
    }

    private static String here(String text) {
        return text.replaceAll("/(opt|etc|var/lib)/fish", tree + "$0");
    }

    private static String value(String unit, String key) {
        return unit.lines()
                .filter(line -> line.startsWith(key + "="))
                .findFirst()
                .orElseThrow()
                .substring(key.length() + 1);
    }

    private static List<String> words(String line) {
        return List.of(line.split(" +"));
    }

    private static List<String> run(List<String> command) {
        return run(command, Map.of());
    }

    private static List<String> run(List<String> command, Map<String, String> environment) {
        try (Program program = Program.start(String.valueOf(command), command, environment, directory)) {
            assertThat(program.awaitExit(SOON))
                    .as("%s: %s", command, program.output())
                    .isZero();
            return program.output();
        }
    }
}
