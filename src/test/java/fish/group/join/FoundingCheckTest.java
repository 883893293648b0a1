package fish.group.join;

import static com.sleepycat.je.rep.ReplicatedEnvironment.State.MASTER;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.contract.HostPort;
import fish.group.JeNode;
import fish.group.join.FoundingCheck.Caller;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FoundingCheckTest {
    private static final Duration BRIEFLY = Duration.ofMillis(400);
    private static final Duration SOON = Duration.ofSeconds(60);
    /** In which it is certain to be called. */
    private static final Duration WHILE_CALLED = Duration.ofSeconds(8);

    private final FoundingCheck check = new FoundingCheck(ServerSocketFactory.getDefault());

    @TempDir
    Path homes;

    @Test
    void noticesTheGroupThatStillCountsThisAddress() throws Exception {
        HostPort address = JeNode.freeAddress();
        JeNode first = JeNode.backEnd("fish", "b0", homes.resolve("b0"), address, address);
        try (JeNode second = JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), address);
                JeNode third = JeNode.backEnd("fish", "b2", homes.resolve("b2"), JeNode.freeAddress(), address)) {
            first.close();
            eventually(SOON, () -> assertThat(second.state() == MASTER || third.state() == MASTER)
                    .isTrue());

            Optional<Caller> caller = check.listen(address, FoundingCheck.LISTEN_DEFAULT.multipliedBy(5));

            assertThat(caller).isPresent();
            assertThat(caller.orElseThrow().group()).isEqualTo("fish");
            assertThat(caller.orElseThrow().service()).isIn("Learner", "Acceptor");
        } finally {
            first.close();
        }
    }

    @Test
    void isQuietWhereNobodyCalls() throws Exception {
        HostPort address = JeNode.freeAddress();

        assertThat(check.listen(address, BRIEFLY)).isEmpty();

        try (ServerSocket free = new ServerSocket()) {
            free.bind(address.resolve());
            assertThat(free.isBound()).isTrue();
        }
        eventually(SOON, () -> assertThat(threads()).isZero());
    }

    @Test
    void strangersDoNotCount() throws Exception {
        assertThat(whenCalledWith(
                        "GET / HTTP/1.1\r\n\r\n",
                        "",
                        "Service:\0",
                        "Service:\5Gro",
                        "Service:\7Learner",
                        "Service:\7Learner" + "x".repeat(100_000)))
                .isEmpty();
    }

    @Test
    void nodesThatAreAboutToJoinDoNotCount() throws Exception {
        assertThat(whenCalledWith(
                        "Service:\5Group4|fish|-2147483648|GREQ\n", "Service:\7Learner2.0|fish|-2147483648|MQ\n"))
                .isEmpty();
    }

    @Test
    void aMasterThatAnnouncesItselfAVoteAndAReplicaCount() throws Exception {
        assertThat(whenCalledWith("Service:\7Learner2.0|fish|2|RE|p|v\n").orElseThrow())
                .extracting(Caller::service, Caller::group)
                .containsExactly("Learner", "fish");
        assertThat(whenCalledWith("Service:\10Acceptor2.0|other|2|P|p\n").orElseThrow())
                .extracting(Caller::service, Caller::group)
                .containsExactly("Acceptor", "other");
        assertThat(whenCalledWith("Service:\6Feeder").orElseThrow().toString())
                .contains("still called by", "service Feeder");
    }

    @Test
    void aCrowdOfSilentCallersDoesNotHideAMember() throws Exception {
        HostPort address = JeNode.freeAddress();
        CompletableFuture<Optional<Caller>> heard = listening(address, SOON);
        Socket[] silent = new Socket[100];
        try {
            for (int i = 0; i < silent.length; i++) {
                silent[i] = connect(address);
            }
            eventually(SOON, () -> {
                // Once one was heard, nobody listens at the address any more.
                if (heard.getNow(Optional.empty()).isEmpty()) {
                    call(address, "Service:\6Feeder");
                }
                assertThat(heard.getNow(Optional.empty())).isPresent();
            });
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void saysWhenTheAddressIsInUse() throws Exception {
        HostPort address = JeNode.freeAddress();
        try (ServerSocket other = new ServerSocket()) {
            other.bind(address.resolve());
            assertThatThrownBy(() -> check.listen(address, BRIEFLY)).isInstanceOf(BindException.class);
        }
    }

    /** By one after the other. */
    private Optional<Caller> whenCalledWith(String... callers) throws Exception {
        HostPort address = JeNode.freeAddress();
        CompletableFuture<Optional<Caller>> heard = listening(address, WHILE_CALLED);
        for (String bytes : callers) {
            call(address, bytes);
        }
        return heard.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private CompletableFuture<Optional<Caller>> listening(HostPort address, Duration limit) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return check.listen(address, limit);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void call(HostPort address, String bytes) throws Exception {
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.setSoTimeout(Math.toIntExact(SOON.toMillis()));
            assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThanOrEqualTo(1);
        } catch (IOException e) {
            assertThat(e).isInstanceOf(java.net.SocketException.class);
        }
    }

    private static Socket connect(HostPort address) throws Exception {
        Socket[] connected = new Socket[1];
        eventually(SOON, () -> connected[0] = new Socket(address.host(), address.port()));
        return connected[0];
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fish-founding-check"))
                .count();
    }
}
