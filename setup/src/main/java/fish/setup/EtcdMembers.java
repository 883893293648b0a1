package fish.setup;

import fish.conf.ProgramException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Three members of an etcd on loopback, each a process that stops when its standard input ends. */
final class EtcdMembers implements AutoCloseable {
    private static final int COUNT = 3;
    private static final int PORT = 23790;
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final int ASK_MILLIS = 2_000;

    /** The shell ends with its input, and the member with the shell. */
    private static final String UNTIL_INPUT_ENDS =
            "\"$@\" </dev/null & member=$!; cat >/dev/null; kill $member; wait $member";

    private final List<Child> members = new ArrayList<>();
    private final List<InetSocketAddress> clients = new ArrayList<>();

    private EtcdMembers() {}

    /**
     * Starts them; returns when they serve.
     *
     * @param program etcd itself
     * @param dir where their data lies
     * @param said is given every line that they say
     */
    static EtcdMembers start(Path program, Path dir, Map<String, String> environment, Consumer<String> said)
            throws ProgramException, InterruptedException {
        int first = Ports.adjacent(PORT, 2 * COUNT);
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            peers.add("e%d=http://127.0.0.1:%d".formatted(i, first + COUNT + i));
        }
        EtcdMembers all = new EtcdMembers();
        try {
            for (int i = 0; i < COUNT; i++) {
                all.start(program, dir, String.join(",", peers), i, first, environment, said);
            }
            all.awaitReady();
            return all;
        } catch (ProgramException | InterruptedException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void start(
            Path program,
            Path dir,
            String peers,
            int i,
            int first,
            Map<String, String> environment,
            Consumer<String> said) {
        String client = "http://127.0.0.1:" + (first + i);
        String peer = "http://127.0.0.1:" + (first + COUNT + i);
        List<String> command = List.of(
                "sh",
                "-c",
                UNTIL_INPUT_ENDS,
                "etcd",
                program.toString(),
                "--name",
                "e" + i,
                "--data-dir",
                dir.resolve("e" + i).toString(),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                peers,
                "--initial-cluster-state",
                "new",
                "--quota-backend-bytes",
                "8589934592",
                "--auto-compaction-retention",
                "1m",
                "--log-level",
                "error");
        Child member = new Child("e" + i, command, environment, said, STOP_MAX);
        members.add(member);
        clients.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), first + i));
        member.start();
    }

    private void awaitReady() throws ProgramException, InterruptedException {
        long end = System.nanoTime() + READY_MAX.toNanos();
        for (InetSocketAddress client : clients) {
            while (!isHealthy(client)) {
                if (System.nanoTime() - end > 0) {
                    throw ProgramException.failed("etcd does not serve after " + READY_MAX.toSeconds() + " s");
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private static boolean isHealthy(InetSocketAddress client) {
        try {
            URLConnection connection = URI.create("http://127.0.0.1:" + client.getPort() + "/health")
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(ASK_MILLIS);
            connection.setReadTimeout(ASK_MILLIS);
            try (InputStream body = connection.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8).contains("\"true\"");
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Where clients ask: all load goes to one member, as it goes to one front-end of Fish. */
    InetSocketAddress client() {
        return clients.get(0);
    }

    String names() {
        return members.stream().map(Child::name).collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        members.forEach(Child::askToStop);
        members.forEach(Child::close);
    }
}
