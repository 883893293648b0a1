package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Need;
import fish.api.BackupHandler;
import fish.backup.BackupWriter;
import fish.backup.Manifest;
import fish.conf.ProgramException;
import fish.contract.Code;
import fish.http.HttpServer;
import fish.http.Problem;
import fish.http.Route;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.testing.MemoryService;
import fish.testing.Standard;
import fish.tool.ToolHarness.Ran;
import io.undertow.util.Methods;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {
    @TempDir
    private Path directory;

    /** What the front-end sends; cut off after its end where it is not whole. */
    private volatile byte[] sent = {};

    private volatile boolean cut;

    private volatile boolean noGroup;

    /** Whether it is behind the group. */
    private volatile boolean behind;

    private final MemoryService service = new MemoryService(System::currentTimeMillis) {
        @Override
        public void read(Read read, Consumer<? super ReadOutcome> answer) {
            if (noGroup) {
                answer.accept(ReadOutcome.failed(Reason.LAGGING, "no master"));
            } else if (behind && read.after() > 0) {
                answer.accept(ReadOutcome.failed(Reason.LAGGING, "far behind"));
            } else {
                super.read(read, answer);
            }
        }
    };

    private HttpServer server;
    private ToolHarness tool;

    @BeforeEach
    void serve() throws IOException {
        sent = backup();
        BackupHandler handler = new BackupHandler(this::send, BackupHandler.Pace.DEFAULT);
        List<Route> routes = new ArrayList<>(Standard.routes(service));
        routes.removeIf(route -> route.path().equals("/cluster/backup"));
        routes.add(Route.read(Methods.GET, "/cluster/backup", Need.NOTHING, handler::get));
        server = new HttpServer(Standard.http(), routes);
        server.start();
        tool = new ToolHarness(directory);
        tool.environment("FISH_URL", url());
        // As in a group, whose revisions begin with its first term.
        assertThat(tool.run("put", "first", "1").exitCode()).isZero();
    }

    @AfterEach
    void close() {
        tool.close();
        server.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Ran ran = tool.run("backup", "none/b.tar");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("there is no directory " + directory.resolve("none"));
    }

    private void send(BackupHandler.Sink sink) {
        Thread thread = new Thread(
                () -> {
                    try {
                        sink.begin(7, sent.length, () -> {}).write(sent);
                        if (cut) {
                            sink.begin(7, 0, () -> {}).flush();
                            sink.failed(new Problem(Code.INTERNAL, "no more"));
                        } else {
                            sink.done();
                        }
                    } catch (IOException e) {
                        sink.failed(new Problem(Code.INTERNAL, e.toString()));
                    }
                },
                "test-backup");
        thread.setDaemon(true);
        thread.start();
    }

    private static byte[] backup() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupWriter writer = new BackupWriter(
                out, new Manifest.Origin("0.1.0", "fish", "r0", "secondary", Instant.parse("2026-01-31T12:00:00Z")));
        writer.file("00000000.jdb", 700_000, new ByteArrayInputStream(new byte[700_000]));
        writer.finish(7, true);
        return out.toByteArray();
    }

    private List<String> names(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aWholeBackupIsThereForItsOwnerAlone() throws IOException {
        ToolHarness.Ran ran = tool.run("backup", "b.tar");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("b.tar", "683.6 KiB", "from r0", "revision 7");
        assertThat(Files.readAllBytes(directory.resolve("b.tar"))).isEqualTo(sent);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("b.tar"))))
                .isEqualTo("rw-------");
        assertThat(names(directory)).containsExactly("b.tar");
        assertThat(tool.run("backup", "b.tar", "--json").out()).contains("\"revision\":7", "\"durable\":true");
    }

    @Test
    void whatIsCutOrChangedIsNotThereAndWhatWasThereStays() throws IOException {
        Path file = Files.writeString(directory.resolve("b.tar"), "the one before");
        byte[] whole = sent;
        cut = true;
        ToolHarness.Ran ran = tool.run("backup", "b.tar");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("no backup was taken", url());

        cut = false;
        byte[] changed = whole.clone();
        changed[300_000] = 1;
        sent = changed;
        assertThat(tool.run("backup", "b.tar").err()).contains("what came is no backup");

        sent = java.util.Arrays.copyOf(whole, 512);
        assertThat(tool.run("backup", "b.tar").exitCode()).isEqualTo(1);
        assertThat(file).hasContent("the one before");
        assertThat(names(directory)).containsExactly("b.tar");
    }

    @Test
    void theNextFrontEndIsAskedWhereOneGivesNone() {
        ToolHarness.Ran ran = tool.run("backup", "b.tar", "--at", tool.url() + "," + url());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        ran = tool.run("backup", "b.tar", "--at", tool.url());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("no backups here");
    }

    @Test
    void oneThatIsBehindTheGroupGivesNone() {
        assertThat(tool.run("put", "a", "1").exitCode()).isZero();
        assertThat(tool.run("backup", "b.tar").exitCode()).isZero();
        behind = true;
        ToolHarness.Ran ran = tool.run("backup", "c.tar");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("no backup was taken", "far behind");
        assertThat(directory.resolve("c.tar")).doesNotExist();
    }

    @Test
    void whereNobodySaysHowFarTheGroupIsOneIsTakenAndNoneDeleted() throws IOException {
        Path backups = Files.createDirectory(directory.resolve("backups"));
        Files.writeString(backups.resolve("fish-backup-20200101T000000Z.tar"), "old");
        noGroup = true;
        ToolHarness.Ran ran = tool.run("backup", "backups", "--keep", "1");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("nobody says how far the group is", "no old backup is deleted");
        assertThat(names(backups)).hasSize(2);
    }

    @Test
    void aDirectoryKeepsTheNewestAndWhatIsNotItsOwn() throws IOException {
        Path backups = Files.createDirectory(directory.resolve("backups"));
        Path foreign = Files.writeString(backups.resolve("fish-backup-of-mine.tar"), "precious");
        Files.writeString(backups.resolve("fish-backup-20200101T000000Z.tar"), "old");
        Files.writeString(backups.resolve("fish-backup-20200102T000000Z.tar"), "old");
        Files.writeString(backups.resolve(".fish-backup.partial"), "of one that was killed");

        ToolHarness.Ran ran = tool.run("backup", "backups", "--keep", "2");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("deleted ", "20200101T000000Z");
        assertThat(names(backups)).hasSize(3).contains("fish-backup-20200102T000000Z.tar");
        assertThat(foreign).hasContent("precious");
        assertThat(tool.run("backup", "backups/", "--keep", "1").exitCode()).isZero();
        assertThat(names(backups)).hasSize(2).contains("fish-backup-of-mine.tar");
    }

    @Test
    void whatWasTakenLastStaysWhereTheClockWasSetBack() throws IOException {
        Path backups = Files.createDirectory(directory.resolve("backups"));
        List<String> later = List.of("fish-backup-29990101T000000Z.tar", "fish-backup-29990102T000000Z.tar");
        for (String name : later) {
            Files.writeString(backups.resolve(name), "of a clock that was wrong");
        }
        assertThat(tool.run("backup", "backups", "--keep", "2").exitCode()).isZero();
        assertThat(names(backups)).hasSize(2).contains(later.get(1)).doesNotContain(later.get(0));
    }

    /** As where the one that was being written was whole, and named, before its file was locked here. */
    @Test
    void whatLiesInThePlaceOfTheNextOneIsNeverWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("b.tar"), "the one before");
        Files.createLink(directory.resolve(".b.tar.partial"), file);
        cut = true;
        assertThat(tool.run("backup", "b.tar").exitCode()).isEqualTo(1);
        assertThat(file).hasContent("the one before");

        cut = false;
        Files.createSymbolicLink(directory.resolve(".c.tar.partial"), file);
        assertThat(tool.run("backup", "c.tar").exitCode()).isEqualTo(1);
        assertThat(file).hasContent("the one before");
        assertThat(names(directory)).containsExactly(".c.tar.partial", "b.tar");
    }

    @Test
    void whatMakesNoSenseIsRefused() throws IOException {
        assertThat(tool.run("backup").exitCode()).isEqualTo(2);
        assertThat(tool.run("backup", "d", "--every", "59s").exitCode()).isEqualTo(2);
        assertThat(tool.run("backup", "d", "--keep", "-1").exitCode()).isEqualTo(2);
        assertThat(tool.run("backup", "d", "--keep", "0").exitCode()).isEqualTo(2);
        Files.writeString(directory.resolve("file"), "x");
        assertThat(tool.run("backup", "file", "--every", "1h").exitCode()).isEqualTo(2);
    }

    /** By a clock that jumps. */
    @Test
    void aScheduleKeepsItsTimesAndTriesAgainSoon() {
        List<Long> runs = new ArrayList<>();
        List<String> told = new ArrayList<>();
        long minute = Duration.ofMinutes(1).toNanos();
        BackupSchedule.Clock clock = new BackupSchedule.Clock() {
            private long now;

            @Override
            public long nanos() {
                return now;
            }

            @Override
            public boolean sleep(long nanos) {
                now += nanos;
                return runs.size() < 5;
            }
        };
        new BackupSchedule(
                        Duration.ofHours(1),
                        () -> {
                            runs.add(clock.nanos() / minute);
                            clock.sleep(2 * minute);
                            if (runs.size() == 2) {
                                throw ProgramException.failed("no front-end");
                            }
                            if (runs.size() == 4) {
                                clock.sleep(70 * minute);
                            }
                        },
                        told::add,
                        clock)
                .run();
        // Two minutes each, one that fails and is done again, one that takes longer than an hour.
        assertThat(runs).containsExactly(0L, 60L, 63L, 120L, 240L);
        assertThat(told).hasSize(1).first().asString().contains("no front-end");
    }
}
