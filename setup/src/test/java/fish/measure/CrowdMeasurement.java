package fish.measure;

import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.Programs;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What idle and slow connections on a front-end cost everybody else: the latencies of small requests at a
 * steady rate, without them and with them, in turn. {@code bin/measure crowd [IDLE [SLOW [SECONDS
 * [ROUNDS]]]]}.
 */
public final class CrowdMeasurement {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration FIRST_WARM_UP = Duration.ofSeconds(20);
    private static final Duration DRIP_EVERY = Duration.ofMillis(500);
    private static final int CONNECTIONS = 16;
    private static final Duration EVERY = Duration.ofMillis(100);

    private CrowdMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        int idle = FailOverMeasurement.argument(arguments, 0, 2000);
        int slow = FailOverMeasurement.argument(arguments, 1, 200);
        Duration length = Duration.ofSeconds(FailOverMeasurement.argument(arguments, 2, 20));
        int rounds = FailOverMeasurement.argument(arguments, 3, 2);
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 1)) {
            group.start(START_MAX);
            URI front = group.front(0).http();
            var unused = new RequestLoad(front, CONNECTIONS, EVERY).run(FIRST_WARM_UP, WARM_UP);
            double without = 0;
            double with = 0;
            for (int i = 0; i < rounds; i++) {
                RequestLoad.Result alone = new RequestLoad(front, CONNECTIONS, EVERY).run(WARM_UP, length);
                System.out.println("without:                 " + alone);
                without += alone.served().percentile(99).toNanos();
                try (Slow crowd = new Slow(front, idle, slow)) {
                    RequestLoad.Result beside = new RequestLoad(front, CONNECTIONS, EVERY).run(WARM_UP, length);
                    System.out.printf("with %d idle, %d slow: %s%n", crowd.idle(), slow, beside);
                    with += beside.served().percentile(99).toNanos();
                }
            }
            System.out.printf(Locale.ROOT, "ratio of p99 %.2f (2 is the most)%n", with / without);
        }
    }

    /** Connections that send nothing, and ones that send a body byte by byte. */
    private static final class Slow implements AutoCloseable {
        private final List<Socket> idle = new ArrayList<>();
        private final List<Socket> slow = new ArrayList<>();
        private final Thread drip = new Thread(this::drip, "drip");
        private volatile boolean ended;

        Slow(URI to, int idleCount, int slowCount) throws IOException {
            for (int i = 0; i < idleCount + slowCount; i++) {
                Socket socket = new Socket(to.getHost(), to.getPort());
                (i < idleCount ? idle : slow).add(socket);
            }
            for (Socket socket : slow) {
                send(socket, "PUT /kv/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
            }
            drip.setDaemon(true);
            drip.start();
        }

        int idle() {
            return idle.size();
        }

        private void drip() {
            while (!ended) {
                for (Socket socket : slow) {
                    try {
                        // Fails once it is closed, here too.
                        send(socket, "x");
                    } catch (IOException e) {
                        // Too slow for the front-end: it was cut off.
                    }
                }
                Eventually.pause(DRIP_EVERY);
            }
        }

        private static void send(Socket socket, String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            ended = true;
            for (Socket socket : idle) {
                socket.close();
            }
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}
