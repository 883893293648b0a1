package fish.jefix;

import com.sleepycat.je.rep.utilint.ServiceDispatcher;

/**
 * What JE leaves of an environment that it could not open. It listens at the node's address first, and reads in the log
 * afterwards; where that fails, because an entry is damaged or no file can be opened, it forgets the listener, and the
 * address would be in use for as long as the process lives.
 */
public final class LeftDispatcher {
    private LeftDispatcher() {}

    /** Frees a port at which no environment of this process listens any more; blocks until it has. */
    public static void end(int port) {
        // Threads may come meanwhile, but none of this port.
        Thread[] threads = new Thread[2 * Thread.activeCount()];
        int found = Thread.enumerate(threads);
        for (int i = 0; i < found; i++) {
            if (threads[i] instanceof ServiceDispatcher left
                    && left.getSocketAddress().getPort() == port) {
                left.shutdown();
            }
        }
    }
}
