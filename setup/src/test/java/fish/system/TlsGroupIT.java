package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.NotAppliedException;
import fish.client.Values;
import fish.kv.Key;
import fish.testing.Program;
import fish.testing.Programs;
import fish.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** A group of three back-ends and a front-end with certificates: what it does, and who gets in. */
@Timeout(400)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TlsGroupIT {
    private static final Duration START_MAX = SharedGroup.START_MAX;
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int SOON_MILLIS = 90_000;

    private static Programs programs;
    private static final Map<String, Program> NODES = new TreeMap<>();
    private static final Map<String, Integer> PORTS = new TreeMap<>();
    private static HttpClient client;
    private static URI front;

    @BeforeAll
    static void start() throws Exception {
        programs = Programs.ofBuild();
        for (String name : List.of("b0", "b1", "b2", "r0")) {
            programs.setup(name, "--tls");
            PORTS.put(name, programs.freePort());
        }
        client = HttpClient.newBuilder()
                .sslContext(TestCertificates.believing(ca(), Optional.empty()))
                .build();
        NODES.put("b0", programs.back(options("b0", "--want-master")));
        node("b0").awaitReady(START_MAX);
        for (String name : List.of("b1", "b2")) {
            NODES.put(name, programs.back(options(name, "--buddy", "localhost:" + port("b0"))));
        }
        NODES.put("r0", programs.front(options("r0", "--buddy", "localhost:" + port("b0"))));
        front = node("r0").awaitReady(START_MAX);
        node("b1").awaitReady(START_MAX);
        node("b2").awaitReady(START_MAX);
    }

    @AfterAll
    static void stop() {
        programs.close();
    }

    private static Program node(String name) {
        return Objects.requireNonNull(NODES.get(name));
    }

    private static int port(String name) {
        return Objects.requireNonNull(PORTS.get(name));
    }

    private static Path ca() {
        return programs.data().resolve("ca/ca.crt");
    }

    private static String[] options(String name, String... more) {
        List<String> options =
                new ArrayList<>(List.of("--dir", name, "--address", "localhost:" + port(name), "--port", "0"));
        options.addAll(List.of(more));
        return options.toArray(String[]::new);
    }

    private static HttpResponse<String> send(String method, URI url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(SOON)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static URI at(URI node, String path) {
        return node.resolve(path);
    }

    @Test
    @Order(1)
    void recordsAreWrittenAndReadAndTheGroupSaysHttps() throws Exception {
        assertThat(front.getScheme()).isEqualTo("https");
        assertThat(send("PUT", at(front, "/kv/a?durability=sites"), "1").statusCode())
                .isEqualTo(201);
        assertThat(send("GET", at(front, "/kv/a"), "").body()).isEqualTo("1");
        eventually(SOON, () -> assertThat(
                        send("GET", at(front, "/kv/a?consistency=local"), "").body())
                .isEqualTo("1"));
        assertThat(send("GET", at(front, "/health/ready?verbose"), "").body()).contains("[+]certificate ok");
        eventually(SOON, () -> assertThat(send("GET", at(front, "/cluster"), "").body())
                .contains("\"b2\"", "\"r0\"", "\"http\":\"https://localhost:")
                .doesNotContain("\"http://", "unreachable"));
        URI follower = node("b1").awaitReady(SOON);
        assertThat(send("PUT", at(follower, "/kv/a"), "2").body()).contains("not-master", "\"master\":\"https://");
        // On a busy machine a node gives another up that is slow to answer.
        for (Program node : NODES.values()) {
            assertThat(node.output())
                    .noneMatch(
                            line -> line.contains("peer-refused") && !line.contains("it ended in the TLS handshake"));
        }
    }

    @Test
    @Order(2)
    void aRenewedCertificateIsTakenUpByANodeThatRuns() throws Exception {
        for (String name : List.of("b2", "r0")) {
            URI node = node(name).awaitReady(SOON);
            X509Certificate before = shown(node.getPort());
            programs.setup(name, "--tls-renew");
            node(name).awaitLine(SOON, line -> line.contains("event=certificate-renewed"));
            eventually(SOON, () -> assertThat(shown(node.getPort())).isNotEqualTo(before));
            eventually(SOON, () -> assertThat(shown(port(name))).isEqualTo(shown(node.getPort())));
        }
        assertThat(send("PUT", at(front, "/kv/renewed"), "1").statusCode()).isEqualTo(201);
    }

    /** What it shows to a node with the certificate of r0. */
    private static X509Certificate shown(int port) throws Exception {
        SSLContext context =
                TestCertificates.believing(ca(), Optional.of(programs.data().resolve("r0")));
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(SOON_MILLIS);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    @Order(5)
    void strangersGetInNowhereAndAreTold() throws Exception {
        Path other = TestCertificates.home(programs.data().resolve("strangers/x"), "other");
        int http = node("b0").awaitReady(SOON).getPort();
        for (int port : List.of(http, port("b0"))) {
            assertThat(answerTo(port, "GET /kv/a HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .doesNotContain("HTTP/1.1");
            assertThat(answerTo(port, "Service:\u0006Feeder")).doesNotContain("Feeder");
            SSLContext stranger = TestCertificates.believing(ca(), Optional.of(other));
            assertThatThrownBy(() -> shakeAndSpeak(stranger, port)).isInstanceOf(IOException.class);
        }
        SSLContext nobody = TestCertificates.believing(ca(), Optional.empty());
        assertThatThrownBy(() -> shakeAndSpeak(nobody, port("b0"))).isInstanceOf(IOException.class);
        URI b0 = node("b0").awaitReady(SOON);
        assertThat(send("GET", at(b0, "/node"), "").statusCode()).isEqualTo(403);
        assertThat(send("POST", at(b0, "/node"), "{}").statusCode()).isEqualTo(403);
        for (String where : List.of("at=http", "at=replication", "at=/node")) {
            node("b0").awaitLine(SOON, line -> line.contains("event=peer-refused") && line.contains(where));
        }
        assertThat(node("b0").output().stream().filter(line -> line.contains("peer-refused")))
                .hasSizeBetween(3, 60);
        assertThat(send("PUT", at(front, "/kv/strangers"), "1").statusCode()).isEqualTo(201);
    }

    private record Ran(int exitCode, String out, String err) {}

    /** {@code bin/fish}, at the front-end. */
    private static Ran fish(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--at", front.toString()));
        try (Program fish = programs.start("fish", List.of(), "fish", all)) {
            int exitCode = fish.awaitExit(SOON);
            return new Ran(exitCode, fish.said("out"), fish.said("err"));
        }
    }

    private static Ran well(String... args) {
        Ran ran = fish(args);
        assertThat(ran.exitCode()).as("%s: %s", List.of(args), ran).isZero();
        return ran;
    }

    @Test
    @Order(3)
    void theToolAndTheClientBelieveTheCaThatTheyAreTold() throws Exception {
        Ran unbelieved = fish("put", "a", "other");
        assertThat(unbelieved.exitCode()).isEqualTo(1);
        assertThat(unbelieved.err()).contains("--ca").doesNotContain("may have happened");
        assertThat(fish("get", "a", "--ca", "no-such-file").exitCode()).isEqualTo(2);
        assertThat(fish("get", "a", "--ca", otherCa().resolveSibling("ca.crt").toString())
                        .exitCode())
                .isEqualTo(1);
        assertThat(well("get", "a", "--ca", ca().toString()).out()).isEqualTo("1");

        programs.environment("FISH_CA", ca().toString());
        assertThat(well("get", "a").out()).isEqualTo("1");
        eventually(SOON, () -> assertThat(well("status").out()).contains("can lose 1 of 3", "b0", "b1", "b2", "r0"));
        // It asks each node by itself, at the https address that the group names.
        assertThat(well("check").out()).contains("b0", "b1", "b2", "r0");
        Path backup = programs.data().resolve("backup.tar");
        well("backup", backup.toString());
        assertThat(backup).isNotEmptyFile();

        Key key = Key.of("java");
        ClientConfig config = ClientConfig.of(front.toString());
        try (FishClient believing = FishClient.open(config.withCa(ca()))) {
            believing.put(key, Values.text("1"));
            assertThat(believing.get(key).map(record -> Values.asText(record.value())))
                    .contains("1");
        }
        try (FishClient unbelieving = FishClient.open(config.withTimeouts(SOON, SOON))) {
            assertThatThrownBy(() -> unbelieving.put(key, Values.text("2")))
                    .isInstanceOf(NotAppliedException.class)
                    .hasMessageContaining("PKIX path");
        }
    }

    @Test
    @Order(4)
    void tokensAreMadeUsedAndRemovedByTheTool() {
        Ran first = well("token", "add", "root", "--role", "admin");
        String root = first.out();
        assertThat(root).matches("fish_\\S+");
        eventually(SOON, () -> assertThat(fish("get", "a").err()).contains("--token"));
        assertThat(fish("check").exitCode()).isEqualTo(1);
        programs.environment("FISH_TOKEN", root);
        assertThat(well("get", "a").out()).isEqualTo("1");
        assertThat(well("check").out()).contains("b0", "r0");

        String ci = well("token", "add", "ci", "--role", "write", "--prefix", "ci/", "--ttl", "1h")
                .out();
        eventually(SOON, () -> well("put", "ci/1", "x", "--token", ci));
        assertThat(fish("put", "other", "x", "--token", ci).exitCode()).isEqualTo(1);
        assertThat(fish("token", "list", "--token", ci).exitCode()).isEqualTo(1);
        assertThat(well("token", "list").out()).contains("root", "admin", "ci", "write", "ci/");
        assertThat(well("token", "list", "--json").out()).contains("\"prefixes\":[\"ci/\"]");
        assertThat(fish("token", "add", "ci/", "--role", "read").exitCode()).isEqualTo(2);

        well("token", "remove", "ci");
        assertThat(fish("token", "remove", "ci").exitCode()).isEqualTo(1);
        eventually(SOON, () -> assertThat(fish("get", "ci/1", "--token", ci).exitCode())
                .isEqualTo(1));
        assertThat(fish("token", "remove", "root").exitCode()).isEqualTo(1);
        well("token", "remove", "root", "--force");
        programs.environment("FISH_TOKEN", "");
        eventually(SOON, () -> well("get", "a"));
        for (Program node : NODES.values()) {
            assertThat(node.output()).noneMatch(line -> line.contains(root) || line.contains(ci));
        }
    }

    private static String answerTo(int port, String said) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(SOON_MILLIS);
            socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "";
        }
    }

    /** With TLS 1.3 a client learns only from the first answer that it was refused. */
    private static void shakeAndSpeak(SSLContext context, int port) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(SOON_MILLIS);
            socket.startHandshake();
            socket.getOutputStream().write("GET /kv/a HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            if (socket.getInputStream().read() < 0) {
                throw new IOException("closed");
            }
        }
    }

    @Test
    @Order(6)
    void nodesOfAnotherCaOrOfNoneJoinNothing() throws Exception {
        String buddy = "localhost:" + port("b0");
        programs.setup("strangers/y", "--tls-ca", otherCa().toString());
        programs.setup("strangers/z");
        for (String name : List.of("y", "z")) {
            Program node = programs.back(
                    "--dir",
                    programs.data().resolve("strangers").resolve(name).toString(),
                    "--address",
                    "localhost:" + programs.freePort(),
                    "--port",
                    "0",
                    "--buddy",
                    buddy);
            assertThat(node.awaitLine(SOON, line -> line.contains("event=waiting-for-buddy")))
                    .contains(buddy)
                    .contains("TLS");
            node.kill9();
        }
        assertThat(send("GET", at(front, "/cluster"), "").body()).doesNotContain("\"y\"", "\"z\"");
    }

    private static Path otherCa() throws IOException {
        Path directory = programs.data().resolve("strangers");
        if (!Files.exists(directory.resolve("ca.pem"))) {
            TestCertificates.ca("other").write(Files.createDirectories(directory));
        }
        return directory.resolve("ca.pem");
    }

    @Test
    @Order(7)
    void theOthersGoOnWithoutTheirMaster() throws Exception {
        node("b0").kill9();
        assertThat(send("PUT", at(front, "/kv/after?timeout=1m"), "2").statusCode())
                .isEqualTo(201);
        assertThat(send("GET", at(front, "/kv/a"), "").body()).isEqualTo("1");
        NODES.put("b0", programs.back(options("b0")));
        URI b0 = node("b0").awaitReady(START_MAX);
        eventually(SOON, () -> assertThat(
                        send("GET", at(b0, "/kv/after?consistency=local"), "").body())
                .isEqualTo("2"));
        for (String name : List.of("r0", "b2", "b1", "b0")) {
            assertThat(node(name).terminate(SOON)).as(name).isZero();
        }
    }
}
