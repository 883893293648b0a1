package fish.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * The one way to a free port: free TCP ports of loopback, none given twice by one instance. They lie below the range from which
 * the system takes the ports of outgoing connections, so that none is lost between choice and use; nor to another JVM of the
 * same build, each of which has a range of its own.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int JVMS_MAX = 4;
    private static final int PORTS_PER_JVM = (HIGHEST - LOWEST) / JVMS_MAX;
    private static final int TRIES_MAX = 1_000;

    private static final FreePorts OF_THIS_PROCESS =
            new FreePorts(new Random(), Integer.getInteger("fish.test.jvm", 1));

    private final Random random;
    private final int lowest;
    private final Set<Integer> given = new HashSet<>();

    /** @param jvm which of those that run tests side by side; the first is 1 */
    private FreePorts(Random random, int jvm) {
        this.random = random;
        this.lowest = LOWEST + (jvm - 1) % JVMS_MAX * PORTS_PER_JVM;
    }

    /** One that nothing else in this process was given. */
    public static int any() {
        return OF_THIS_PROCESS.next();
    }

    synchronized int next() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = lowest + random.nextInt(PORTS_PER_JVM);
            if (!given.contains(port) && isFree(port)) {
                given.add(port);
                return port;
            }
        }
        throw new AssertionError("no free port found in " + TRIES_MAX + " tries");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
