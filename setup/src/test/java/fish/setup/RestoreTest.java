package fish.setup;

import static org.assertj.core.api.Assertions.assertThat;

import fish.backup.BackupWriter;
import fish.backup.Manifest;
import fish.conf.Commands;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.home.Home;
import fish.home.Role;
import fish.kv.Txn;
import fish.store.LoneMaster;
import fish.store.backup.HotCopy;
import fish.testing.JeLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code bin/setup --restore} of what is damaged, cut short or not what it should be: no home is made, and nothing is changed. */
class RestoreTest {
    private static final int RECORDS = 50;
    private static final String NEEDLE = "a value like no other one";

    @TempDir
    static Path made;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    /** A home and a backup of the same data, to be copied by each test. */
    @BeforeAll
    static void make() throws Exception {
        Path home = made.resolve("b0");
        Home.make(home, Clock.systemUTC());
        try (Home opened = Home.open(home, Role.BACK);
                LoneMaster master = LoneMaster.in(opened.dataDir())) {
            for (int i = 0; i < RECORDS; i++) {
                master.run(Txn.of(LoneMaster.putting("k" + i, NEEDLE + i)));
            }
            opened.joined("fish", "b0");
            Manifest.Origin origin = new Manifest.Origin("0.1.0", "fish", "b0", "electable", Instant.now());
            try (OutputStream out = Files.newOutputStream(made.resolve("good.tar"));
                    HotCopy copy = HotCopy.begin(master.store())) {
                BackupWriter writer = new BackupWriter(out, origin);
                for (HotCopy.LogFile file : copy.files()) {
                    try (InputStream in = copy.open(file)) {
                        writer.file(file.name(), file.bytes(), in);
                    }
                }
                copy.finish();
                writer.finish(copy.revision(), true);
            }
        }
    }

    @BeforeEach
    void copy() throws IOException {
        Files.copy(made.resolve("good.tar"), directory.resolve("good.tar"));
        Path from = made.resolve("b0");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path to = directory.resolve("database/b0").resolve(from.relativize(file));
                Files.createDirectories(to.getParent());
                if (!Files.exists(to)) {
                    Files.copy(file, to);
                }
            }
        }
    }

    @Test
    void aWholeBackupBecomesAHome() throws ProgramException {
        assertThat(run("c0", "--restore", "good.tar")).isZero();
        assertThat(said()).contains("made ", "a majority had all of it", "bin/back --dir c0 --address HOST:PORT");
        assertThat(run("c0", "--restore", "good.tar")).isEqualTo(1);
        assertThat(said()).contains("exists already");
        assertThat(run("c0", "--restore", "good.tar", "--force")).isZero();
        assertThat(said()).contains("moved aside: ");
        Home.open(directory.resolve("database/c0"), Role.BACK).close();
    }

    @Test
    void aFileThatIsCutChangedEmptyOrNoBackupIsRefused() throws IOException {
        byte[] good = Files.readAllBytes(directory.resolve("good.tar"));
        byte[] changed = good.clone();
        changed[good.length / 2] ^= 4;
        Map<String, byte[]> bad = new HashMap<>(Map.of(
                "empty.tar",
                new byte[0],
                "text.tar",
                "not a backup\n".repeat(100).getBytes(StandardCharsets.UTF_8),
                "changed.tar",
                changed,
                "longer.tar",
                java.util.Arrays.copyOf(good, good.length + 512)));
        for (int length : new int[] {1, 511, 512, good.length / 2, good.length - 1024, good.length - 1}) {
            bad.put("cut-" + length + ".tar", java.util.Arrays.copyOf(good, length));
        }
        for (Map.Entry<String, byte[]> file : bad.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
            assertThat(run("c0", "--restore", file.getKey())).as(file.getKey()).isEqualTo(1);
            assertThat(said()).contains("no group can be founded from").contains(file.getKey());
            nothingWasMade();
            assertThat(Files.readAllBytes(directory.resolve(file.getKey()))).isEqualTo(file.getValue());
        }
        assertThat(run("c0", "--restore", "nowhere.tar")).isEqualTo(2);
        nothingWasMade();
    }

    /** An older home is not given up for something that turns out to be no backup. */
    @Test
    void whatIsThereStaysInPlaceUntilTheNewOneIsWhole() throws IOException {
        assertThat(run("c0")).isZero();
        Files.write(directory.resolve("empty.tar"), new byte[0]);
        assertThat(run("c0", "--restore", "empty.tar", "--force")).isEqualTo(1);
        assertThat(names(directory.resolve("database"))).containsExactlyInAnyOrder("b0", "c0");
    }

    @Test
    void aHomeWithADamagedLogIsRefusedAndLeftAsItIs() throws IOException {
        Path data = directory.resolve("database/b0/data");
        JeLog.flip(data, NEEDLE);
        Map<Path, byte[]> before = contents(data);
        assertThat(run("c0", "--restore", "b0")).isEqualTo(1);
        assertThat(said()).contains("no group can be founded from", "damaged");
        nothingWasMade();
        assertThat(contents(data)).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void aHomeWhoseCopyingWasInterruptedIsRefused() throws IOException {
        Path data = directory.resolve("database/b0/data");
        Files.writeString(data.resolve("filling"), "blank");
        assertThat(run("c0", "--restore", "b0")).isEqualTo(2);
        assertThat(said()).contains("was being filled");
        Files.delete(data.resolve("filling"));

        // The first file has what the others build upon.
        try (FileChannel log = FileChannel.open(data.resolve("00000000.jdb"), StandardOpenOption.WRITE)) {
            log.truncate(log.size() / 3);
        }
        run("c0", "--restore", "b0");
        assertThat(said()).contains("no group can be founded from");
        Files.delete(data.resolve("00000000.jdb"));
        assertThat(run("c0", "--restore", "b0")).isEqualTo(1);
        nothingWasMade();
    }

    /** A restore that was killed is in nobody's way. */
    @Test
    void anInterruptedRestoreIsDoneAgain() throws IOException {
        Path partial = Files.createDirectories(directory.resolve("database/c0.partial123/data"));
        Files.write(partial.resolve("00000000.jdb"), new byte[100]);
        assertThat(run("c0", "--restore", "b0")).isZero();
        assertThat(directory.resolve("database/c0/data/00000000.jdb")).exists();
    }

    private void nothingWasMade() throws IOException {
        assertThat(names(directory.resolve("database"))).containsExactly("b0");
    }

    private static List<String> names(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static Map<Path, byte[]> contents(Path in) throws IOException {
        Map<Path, byte[]> contents = new HashMap<>();
        try (Stream<Path> files = Files.list(in)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private String said() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        output.reset();
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                Map.of(),
                directory,
                directory,
                new ByteArrayInputStream(new byte[0]),
                stream,
                stream,
                Clock.systemUTC());
        return Commands.withHouseRules(new CommandLine(new SetupCommand(surroundings)), surroundings)
                .execute(arguments);
    }
}
