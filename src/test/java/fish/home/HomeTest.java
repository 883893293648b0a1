package fish.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import fish.conf.ProgramException;
import fish.contract.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);
    private static final List<HostPort> NOBODY = List.of();
    private static final List<HostPort> SOMEBODY = List.of(new HostPort("localhost", 9000));

    @TempDir
    private Path temporary;

    private Path directory;

    @BeforeEach
    void make() throws ProgramException {
        directory = temporary.resolve("b0");
        Home.make(directory, NOON);
    }

    @Test
    void aNewHomeHasRoomForDataAndHasBeenNowhere() throws ProgramException {
        try (Home home = Home.open(directory, Role.BACK)) {
            assertThat(home.dataDir()).isDirectory();
            assertThat(home.state()).isEqualTo(State.NEW);
            assertThat(home.buddies()).isEmpty();
        }
    }

    @Test
    void whatAllUsersOfTheMachineCanReadIsNamed() throws Exception {
        Path tls = Files.createDirectory(directory.resolve("tls"));
        Path key = Files.writeString(tls.resolve("node.pem"), "key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        try (Home home = Home.open(directory, Role.BACK)) {
            assertThat(home.openToOthers()).isEmpty();
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(tls, PosixFilePermissions.fromString("rwx------"));
            assertThat(home.openToOthers()).containsExactly(directory);
            Files.setPosixFilePermissions(tls, PosixFilePermissions.fromString("rwxr-x--x"));
            assertThat(home.openToOthers()).containsExactly(directory, tls, key);
        }
    }

    @Test
    void makingOneOverAnotherFailsAndChangesNothing() throws Exception {
        byte[] before = Files.readAllBytes(directory.resolve(HomeFile.FILE));

        refused(1, "exists already", () -> Home.make(directory, NOON));
        assertThat(directory.resolve(HomeFile.FILE)).hasBinaryContent(before);
    }

    @Test
    void whatIsThereCanBeMovedAside() throws Exception {
        Files.writeString(directory.resolve("data/precious"), "x");
        Path aside = Home.moveAside(directory, NOON);

        assertThat(aside).isEqualTo(temporary.resolve("b0.20260131T120000.000"));
        assertThat(aside.resolve("data/precious")).hasContent("x");
        assertThat(directory).doesNotExist();
    }

    @Test
    void whatIsNoHomeOrInUseIsNotMoved() throws Exception {
        Path other = Files.createDirectory(temporary.resolve("letters"));

        refused(1, "not a node's home", () -> Home.moveAside(other, NOON));
        try (Home home = Home.open(directory, Role.BACK)) {
            refused(1, "in use", () -> Home.moveAside(directory, NOON));
            assertThat(home.dataDir()).isDirectory();
        }
    }

    @Test
    void aByteChangedInItsAddressIsNoMoveToAnother() throws Exception {
        HostPort address = new HostPort("localhost", 9000);
        Path file = directory.resolve("address");
        try (Home home = Home.open(directory, Role.BACK)) {
            home.rememberAddress(address);
            assertThat(home.address()).contains(address);
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < whole.length; i++) {
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    byte[] damaged = whole.clone();
                    damaged[i] ^= (byte) (1 << bit);
                    Files.write(file, damaged);
                    assertThat(home.address().orElse(address)).isEqualTo(address);
                }
            }
        }
    }

    @Test
    void aByteChangedInWhatItRemembersChangesNothing() throws Exception {
        try (Home home = Home.open(directory, Role.BACK)) {
            home.joined("fish", "b0");
            home.remember(SOMEBODY);
        }
        HomeFile remembered = HomeFile.read(directory);
        assertThat(remembered.name()).isEqualTo("b0");
        Path file = directory.resolve(HomeFile.FILE);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) (1 << bit);
                Files.write(file, damaged);
                assertThat(HomeFile.read(directory))
                        .as("byte %d bit %d", i, bit)
                        .isEqualTo(remembered);
            }
        }
        Files.delete(directory.resolve(HomeFile.FILE + ".copy"));
        Files.write(file, whole);
        assertThat(HomeFile.read(directory)).isEqualTo(remembered);
    }

    @Test
    void anAddressWithoutItsChecksumIsThatOfAnOlderHome() throws Exception {
        Files.writeString(directory.resolve("address"), "localhost:9001\n");
        try (Home home = Home.open(directory, Role.BACK)) {
            assertThat(home.address()).contains(new HostPort("localhost", 9001));
        }
    }

    @Test
    void aMissingHomeSaysHowToMakeIt() {
        refused(2, "bin/setup", () -> Home.open(temporary.resolve("b9"), Role.BACK));
        refused(2, "bin/setup b9", () -> Home.open(temporary.resolve("database/b9"), Role.BACK));
        refused(2, "not a home", () -> Home.open(temporary, Role.BACK));
    }

    @Test
    void oneProcessAtATimeUsesIt() throws ProgramException {
        Home first = Home.open(directory, Role.BACK);

        refused(1, "in use", () -> Home.open(directory, Role.BACK));
        first.close();
        first.close();
        Home.open(directory, Role.BACK).close();
    }

    @Test
    void aHomeBelongsToTheProgramThatUsedItFirst() throws ProgramException {
        try (Home home = Home.open(directory, Role.FRONT)) {
            home.joined("fish", "b0");
        }

        refused(2, "home of a front-end and cannot be used by a back-end", () -> Home.open(directory, Role.BACK));
        Home.open(directory, Role.FRONT).close();
    }

    @Test
    void openingAloneDoesNotMakeItAnybodys() throws ProgramException {
        Home.open(directory, Role.FRONT).close();
        Home.open(directory, Role.BACK).close();
    }

    @Test
    void aNewNodeFoundsOrJoinsOrSaysWhichToUse() throws ProgramException {
        try (Home home = Home.open(directory, Role.BACK)) {
            assertThat(home.entry("fish", "b0", true, NOBODY)).isEqualTo(Entry.FOUND);
            assertThat(home.entry("fish", "b0", false, SOMEBODY)).isEqualTo(Entry.JOIN);
            assertThat(home.entry("fish", "b0", true, SOMEBODY)).isEqualTo(Entry.JOIN);
            refused(2, "--want-master", () -> home.entry("fish", "b0", false, NOBODY));
        }
        try (Home home = Home.open(directory, Role.FRONT)) {
            assertThatThrownBy(() -> home.entry("fish", "b0", false, NOBODY))
                    .hasMessageContaining("--buddy")
                    .hasMessageNotContaining("--want-master");
        }
    }

    @Test
    void anInterruptedFoundingIsFinishedAndNotTurnedIntoAJoin() throws ProgramException {
        try (Home home = Home.open(directory, Role.BACK)) {
            home.foundingStarted("fish", "b0");
        }
        try (Home home = Home.open(directory, Role.BACK)) {
            assertThat(home.entry("fish", "b0", false, NOBODY)).isEqualTo(Entry.FOUND);
            refused(2, "interrupted", () -> home.entry("fish", "b0", false, SOMEBODY));
        }
    }

    @Test
    void aMemberReturnsWhateverItIsTold() throws ProgramException {
        try (Home home = Home.open(directory, Role.BACK)) {
            home.foundingStarted("fish", "b0");
            home.joined("fish", "b0");
            home.remember(SOMEBODY);
            home.foundingStarted("fish", "b0");
        }
        try (Home home = Home.open(directory, Role.BACK)) {
            assertThat(home.state()).isEqualTo(State.MEMBER);
            assertThat(home.buddies()).isEqualTo(SOMEBODY);
            assertThat(home.entry("fish", "b0", true, NOBODY)).isEqualTo(Entry.RETURN);
            refused(2, "--group fish", () -> home.entry("sea", "b0", false, NOBODY));
            refused(2, "--name b0", () -> home.entry("fish", "b1", false, NOBODY));
        }
    }

    @Test
    void aHomeOfAnotherFormatOrADamagedOneIsRefused() throws Exception {
        Files.writeString(directory.resolve(HomeFile.FILE), "format=2\n");
        refused(2, "format 2", () -> Home.open(directory, Role.BACK));

        Files.delete(directory.resolve(HomeFile.FILE + ".copy"));
        Files.writeString(directory.resolve(HomeFile.FILE), "format=1\nrole=king\n");
        refused(2, "cannot read", () -> Home.open(directory, Role.BACK));
    }

    @Test
    void aWriteThatWasCutShortLeavesTheLastStateAndNextOneWorks() throws Exception {
        Files.writeString(directory.resolve(HomeFile.FILE + ".tmp"), "form");

        try (Home home = Home.open(directory, Role.BACK)) {
            home.joined("fish", "b0");
            assertThat(home.state()).isEqualTo(State.MEMBER);
        }
        assertThat(directory.resolve(HomeFile.FILE + ".tmp")).doesNotExist();
    }

    @Test
    void aClosedHomeIsNotWritten() throws ProgramException {
        Home home = Home.open(directory, Role.BACK);
        home.close();

        assertThatThrownBy(() -> home.joined("fish", "b0")).isInstanceOf(IllegalStateException.class);
    }

    private static void refused(int exitCode, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(words)
                .asInstanceOf(type(ProgramException.class))
                .returns(exitCode, ProgramException::exitCode);
    }
}
