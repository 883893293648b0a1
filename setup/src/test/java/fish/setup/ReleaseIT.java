package fish.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the release says of itself, in the archive that people unpack. */
@Timeout(180)
class ReleaseIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private Path release;

    @BeforeEach
    void unpack() throws IOException {
        Path target = Path.of(System.getProperty(Programs.HOME)).resolveSibling(".");
        Path archive = only(target, name -> name.endsWith(".tar.gz"));
        try (Program tar = Program.start("tar", List.of("tar", "-xzf", archive.toString()), Map.of(), directory)) {
            assertThat(tar.awaitExit(SOON)).isZero();
        }
        release = only(directory, name -> name.startsWith("fish-"));
    }

    private static Path only(Path parent, Predicate<String> name) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            List<Path> found = children.filter(
                            child -> name.test(child.getFileName().toString()))
                    .toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> jars = Files.list(release.resolve("lib"))) {
            return jars.toList();
        }
    }

    private static String name(Path jar) {
        return jar.getFileName().toString();
    }

    @Test
    void everyJarOfOthersStandsWithItsLicence() throws IOException {
        assertThat(release.resolve("LICENSE")).isNotEmptyFile();
        List<String> lines = Files.readAllLines(release.resolve("THIRD-PARTY.txt"));
        List<Path> ofOthers =
                jars().stream().filter(jar -> !name(jar).startsWith("fish-")).toList();
        assertThat(ofOthers).hasSizeGreaterThan(20);
        for (Path jar : ofOthers) {
            // (Apache-2.0) ASM (org.ow2.asm:asm:9.9 - http://asm.ow2.io/)
            assertThat(lines.stream().filter(line -> fileNamed(line).equals(name(jar))))
                    .as(name(jar))
                    .singleElement()
                    .asString()
                    .matches(" +\\((Apache-2.0|BSD-[23]-Clause|CC0-1.0|MIT)\\).*");
        }
        assertThat(lines.stream().filter(line -> !fileNamed(line).isEmpty())).hasSameSizeAs(ofOthers);
    }

    /** Of the jar that a line tells of; empty where it tells of none. */
    private static String fileNamed(String line) {
        return line.matches(".*\\([^: ]+:[^: ]+:[^: ]+ - .*")
                ? line.replaceFirst(".*\\([^: ]+:([^: ]+):([^: ]+) - .*", "$1-$2.jar")
                : "";
    }

    @Test
    void theSbomHasTheChecksumOfEachJarAndNothingThatANewBuildChanges() throws Exception {
        assumeFalse(
                "offline=true".equals(System.getProperty("fish.build")),
                "built by mvn -o, which leaves out the plugin that makes the SBOM");
        JsonNode sbom =
                new ObjectMapper().readTree(release.resolve("sbom.cdx.json").toFile());
        assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(sbom.has("serialNumber")).isFalse();
        assertThat(sbom.path("metadata").has("timestamp")).isFalse();

        Map<String, String> told = new TreeMap<>();
        for (JsonNode component : sbom.path("components")) {
            String jar = component.path("name").asText() + "-"
                    + component.path("version").asText() + ".jar";
            for (JsonNode hash : component.path("hashes")) {
                if (hash.path("alg").asText().equals("SHA-256")) {
                    told.put(jar, hash.path("content").asText());
                }
            }
        }
        String self = sbom.at("/metadata/component/name").asText();
        Map<String, String> there = new TreeMap<>();
        for (Path jar : jars()) {
            if (!name(jar).startsWith(self)) {
                there.put(name(jar), sha256(jar));
            }
        }
        assertThat(told).isEqualTo(there);
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
