package fish.system;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shell in a directory, into which lines are typed. Where one of their ports is busy, all of them are
 * moved by the same amount. Closing ends what was started.
 */
final class ByHand implements AutoCloseable {
    private static final List<Integer> PORTS = List.of(5000, 5001, 8000, 9000, 9001, 9002);
    private static final int MOVES_MAX = 100;
    private static final int MOVE = 10;
    private static final Duration RUN_MAX = Duration.ofSeconds(90);

    private final Path directory;
    private final Optional<Path> java;
    private final int moved;
    private final List<Program> started = new ArrayList<>();

    /** @param java {@code JAVA_HOME}; empty: as it is */
    ByHand(Path directory, Optional<Path> java) {
        this.directory = directory;
        this.java = java;
        this.moved = freeMove();
    }

    /** Starts a program with this line. */
    Program start(String line) {
        Program program = program(line);
        started.add(program);
        return program;
    }

    /** Runs this line to its end, which is to be a good one; gives what it printed. */
    String run(String line) {
        try (Program program = program(line)) {
            assertThat(program.awaitExit(RUN_MAX)).as(line).isZero();
            return printed(program);
        }
    }

    private static String printed(Program ended) {
        return String.join("\n", ended.output());
    }

    private Program program(String line) {
        String here = line;
        for (int port : PORTS) {
            here = here.replaceAll("\\b" + port + "\\b", Integer.toString(port + moved));
        }
        Map<String, String> environment = new HashMap<>();
        java.ifPresent(home -> environment.put("JAVA_HOME", home.toString()));
        // Through env, since a shell does not exec a command with variables before it.
        List<String> command = List.of("sh", "-c", "unset FISH_DATA; exec env " + here);
        return Program.start(line, command, environment, directory);
    }

    private static int freeMove() {
        for (int i = 0; i < MOVES_MAX; i++) {
            int move = i * MOVE;
            if (PORTS.stream().allMatch(port -> isFree(port + move))) {
                return move;
            }
        }
        throw new AssertionError("no free ports near " + PORTS);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        started.forEach(Program::close);
    }
}
