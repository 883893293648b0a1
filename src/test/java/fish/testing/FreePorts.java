package fish.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * The one way to a free port: free TCP ports of loopback, none given twice by one instance. They lie below the range from which
 * the system takes the ports of outgoing connections, so that none is lost between choice and use; nor to another JVM that
 * runs tests, each of which has a range of its own, whose first port it holds.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int JVMS_MAX = 8;
    private static final int PORTS_PER_JVM = (HIGHEST - LOWEST) / JVMS_MAX;
    private static final int TRIES_MAX = 1_000;

    private static final FreePorts OF_THIS_PROCESS = new FreePorts(new Random());

    private final Random random;
    private final ServerSocket held;
    private final Set<Integer> given = new HashSet<>();

    private FreePorts(Random random) {
        this.random = random;
        this.held = firstOfARange();
        given.add(held.getLocalPort());
    }

    private static ServerSocket firstOfARange() {
        for (int jvm = 0; jvm < JVMS_MAX; jvm++) {
            try {
                return new ServerSocket(LOWEST + jvm * PORTS_PER_JVM, 1, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                // Another has it.
            }
        }
        throw new AssertionError("more than " + JVMS_MAX + " JVMs run tests here");
    }

    /** One that nothing else in this process was given. */
    public static int any() {
        return OF_THIS_PROCESS.next();
    }

    synchronized int next() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = held.getLocalPort() + random.nextInt(PORTS_PER_JVM);
            if (!given.contains(port) && isFree(port)) {
                given.add(port);
                return port;
            }
        }
        throw new AssertionError("no free port found in " + TRIES_MAX + " tries");
    }

    /** At every address of this machine: a name may stand for several. */
    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
