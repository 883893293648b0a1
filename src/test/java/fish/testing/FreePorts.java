package fish.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * The one way to a free port: free TCP ports of loopback, none given twice by one instance. They lie below the range from which
 * the system takes the ports of outgoing connections, so that none is lost between choice and use.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES_MAX = 1_000;

    private static final FreePorts OF_THIS_PROCESS = new FreePorts(new Random());

    private final Random random;
    private final Set<Integer> given = new HashSet<>();

    FreePorts(Random random) {
        this.random = random;
    }

    /** One that nothing else in this process was given. */
    public static int any() {
        return OF_THIS_PROCESS.next();
    }

    synchronized int next() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = LOWEST + random.nextInt(HIGHEST - LOWEST);
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
