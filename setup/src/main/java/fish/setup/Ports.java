package fish.setup;

import fish.conf.ProgramException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports on loopback that nobody listens on. Only so much is sure: nobody did a moment ago. */
final class Ports {
    private static final int TRIES = 1_000;

    private Ports() {}

    /** The first of {@code count} adjacent free ones, at {@code from} or above. */
    static int adjacent(int from, int count) throws ProgramException {
        for (int first = from; first < from + TRIES; first++) {
            if (areFree(first, count)) {
                return first;
            }
        }
        throw ProgramException.failed("no %d adjacent free ports at %d or above".formatted(count, from));
    }

    static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (!isFree(port)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
