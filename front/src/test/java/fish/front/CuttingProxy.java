package fish.front;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on, and cuts each at a random byte on its way there or back: before a request is
 * sent, in the middle of one, when it is sent and not answered, and in the middle of an answer.
 */
final class CuttingProxy implements AutoCloseable {
    /** Enough for the upgrade, which is not to be cut: nothing is at stake there. */
    private static final int UPGRADE_BYTES = 400;

    private final InetSocketAddress target;
    private final int bytesMax;
    private final Random random;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile boolean cutting = true;

    /**
     * @param bytesMax a connection is cut after so many bytes in one direction at the latest
     */
    CuttingProxy(InetSocketAddress target, int bytesMax, long seed) throws IOException {
        this.target = target;
        this.bytesMax = bytesMax;
        this.random = new Random(seed);
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    int cuts() {
        return cuts.get();
    }

    /** From now on connections last. */
    void stopCutting() {
        cutting = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket there = new Socket();
                open.add(client);
                open.add(there);
                there.connect(target, 60_000);
                boolean cutThere = random.nextBoolean();
                int budget = UPGRADE_BYTES + random.nextInt(bytesMax);
                daemon(() -> pass(client, there, cutThere ? budget : Integer.MAX_VALUE));
                daemon(() -> pass(there, client, cutThere ? Integer.MAX_VALUE : budget));
            }
        } catch (IOException e) {
            // Closed, or the target is gone: nobody gets through any more.
            close();
        }
    }

    private void pass(Socket from, Socket to, int budget) {
        byte[] buffer = new byte[4096];
        int left = budget;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                boolean cut = cutting && read >= left;
                out.write(buffer, 0, cut ? left : read);
                if (cut) {
                    cuts.incrementAndGet();
                    break;
                }
                left -= budget == Integer.MAX_VALUE ? 0 : read;
            }
        } catch (IOException e) {
            // The other direction was cut.
        }
        close(from);
        close(to);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
        open.forEach(this::close);
    }
}
