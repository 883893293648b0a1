package fish.system;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import fish.testing.Eventually;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A group's homes as programs of some day left them, and what was in them: {@value #EXPECTED} and
 * {@value #HOMES} of one directory under {@code homes/} of the test resources.
 *
 * @param made when the last write was acknowledged, RFC 3339
 * @param ended how the programs ended
 * @param revision the last that was acknowledged
 * @param records all there are
 * @param absent keys without a record, of which something is known
 * @param commits all there were, in order
 * @param requests that had an idempotency key, each with its first answer
 */
record OldHomes(
        String made,
        String ended,
        List<Node> nodes,
        long revision,
        List<Stored> records,
        List<String> absent,
        List<Told> commits,
        List<Done> requests) {
    static final String EXPECTED = "expected.json";
    static final String HOMES = "homes.zip";

    /** For a port that somebody else uses for a while, such as these tests in another checkout. */
    private static final Duration PORTS_MAX = Duration.ofSeconds(60);

    /**
     * @param role {@code back} or {@code front}
     * @param address which the group has written down, so that it cannot be another one
     */
    record Node(String name, String role, String address) {
        Program start(Programs programs, String... more) {
            List<String> arguments = new ArrayList<>(List.of("--dir", name, "--address", address, "--port", "0"));
            arguments.addAll(List.of(more));
            return programs.start(name, List.of(), role, arguments);
        }

        private int port() {
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        }
    }

    /**
     * A record. Texts are empty where there is nothing.
     *
     * @param base64 what the value is made of
     * @param times how often that is repeated
     * @param expires RFC 3339
     */
    record Stored(
            String key,
            String contentType,
            String contentEncoding,
            String base64,
            int times,
            long revision,
            long created,
            String expires) {
        byte[] value() {
            return repeated(base64, times);
        }

        boolean hasEnded(Instant now) {
            return !expires.isEmpty() && now.isAfter(Instant.parse(expires));
        }
    }

    /** The keys that a commit put and deleted. */
    record Told(long revision, List<String> puts, List<String> deletes) {}

    /** A write and the answer it got. */
    record Done(
            String idempotencyKey,
            String method,
            String path,
            String contentType,
            String body,
            int status,
            long revision) {}

    static byte[] repeated(String base64, int times) {
        byte[] piece = Base64.getDecoder().decode(base64);
        byte[] value = new byte[piece.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, value, i * piece.length, piece.length);
        }
        return value;
    }

    static OldHomes read(Path directory) throws IOException {
        return JsonMapper.builder().build().readValue(Files.readString(directory.resolve(EXPECTED)), OldHomes.class);
    }

    void write(Path directory) throws IOException {
        String json = JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(this);
        Files.writeString(directory.resolve(EXPECTED), json + "\n");
    }

    boolean isYoungerThan(Duration age) {
        return Instant.now().isBefore(Instant.parse(made).plus(age));
    }

    /** Packs what each node needs of its home: what it remembers, and JE's log. */
    void pack(Path homes, Path directory) throws IOException {
        try (OutputStream to = Files.newOutputStream(directory.resolve(HOMES));
                ZipOutputStream zip = new ZipOutputStream(to)) {
            zip.setLevel(9);
            for (Node node : nodes) {
                for (Path file : kept(homes.resolve(node.name))) {
                    zip.putNextEntry(new ZipEntry(homes.relativize(file).toString()));
                    Files.copy(file, zip);
                }
            }
        }
    }

    private static List<Path> kept(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.endsWith("home.properties")
                            || file.getFileName().toString().endsWith(".jdb"))
                    .sorted()
                    .toList();
        }
    }

    static void unpack(Path directory, Path homes) throws IOException {
        try (InputStream from = Files.newInputStream(directory.resolve(HOMES));
                ZipInputStream zip = new ZipInputStream(from)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = homes.resolve(entry.getName()).normalize();
                if (!file.startsWith(homes)) {
                    throw new IOException(entry.getName() + " leads out of the directory");
                }
                Files.createDirectories(file.resolveSibling("."));
                Files.copy(zip, file);
            }
        }
    }

    /** Fails, and names the port, where one of a node's address stays taken for a minute. */
    static void awaitPorts(List<Node> nodes) {
        Eventually.eventually(PORTS_MAX, () -> nodes.forEach(OldHomes::requireFree));
    }

    private static void requireFree(Node node) {
        try {
            new ServerSocket(node.port(), 1, InetAddress.getLoopbackAddress()).close();
        } catch (IOException e) {
            throw new AssertionError(
                    "another program has the port of %s, which its group has written down: %s"
                            .formatted(node.address, e.getMessage()),
                    e);
        }
    }
}
