package fish.system;

import fish.system.OldHomesLedger.Put;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the homes that {@link OldHomesIT} opens for ever after, with the programs of today: {@code lone}
 * and {@code group} in a directory that is not there yet.
 */
final class OldHomesMaker implements AutoCloseable {
    private static final Duration MAX = Duration.ofSeconds(90);
    private static final Duration REQUEST_MAX = Duration.ofSeconds(15);
    private static final int MANY = 40;

    // Between the ports that tests take at random and those that systems give to outgoing connections.
    private static final List<OldHomes.Node> LONE = List.of(
            new OldHomes.Node("b0", "back", "localhost:32411"), new OldHomes.Node("r0", "front", "localhost:32412"));
    private static final List<OldHomes.Node> GROUP = List.of(
            new OldHomes.Node("b0", "back", "localhost:32421"),
            new OldHomes.Node("b1", "back", "localhost:32422"),
            new OldHomes.Node("b2", "back", "localhost:32423"),
            new OldHomes.Node("r0", "front", "localhost:32424"));

    private final Programs programs;
    private final List<OldHomes.Node> nodes;
    private final Map<String, Program> running = new HashMap<>();
    private final OldHomesLedger ledger = new OldHomesLedger();

    private OldHomesMaker(List<OldHomes.Node> nodes) throws IOException {
        this.nodes = nodes;
        this.programs = Programs.ofBuild();
    }

    /** @param args the directory to make */
    public static void main(String[] args) throws IOException {
        Path to = Path.of(args[0]);
        Files.createDirectory(to);
        try (OldHomesMaker lone = new OldHomesMaker(LONE)) {
            lone.makeLone(to.resolve("lone"));
        }
        try (OldHomesMaker group = new OldHomesMaker(GROUP)) {
            group.makeGroup(to.resolve("group"));
        }
    }

    /** One back-end and a front-end; three terms; stopped as they should be. */
    private void makeLone(Path to) throws IOException {
        HttpProbe front = found();
        variety(front);
        stop("r0", "b0");
        start("b0");
        front = start("r0");
        change(front, 2);
        stop("b0");
        start("b0");
        change(front, 3);
        stop("r0", "b0");
        keep(to, "terminated");
    }

    /** Three back-ends and a front-end; a planned change of master and a master's death; all killed. */
    private void makeGroup(Path to) throws IOException {
        HttpProbe front = found();
        variety(front);
        HttpAnswer handedOver = front.request("POST", "/cluster/master")
                .body("{\"node\":\"b1\"}".getBytes(StandardCharsets.UTF_8))
                .send();
        answered(200, handedOver);
        change(front, 2);
        kill("b1");
        change(front, 3);
        start("b1");
        change(front, 4);
        nodes.forEach(node -> kill(node.name()));
        keep(to, "killed");
    }

    /** The front-end, which is the last of the nodes. */
    private HttpProbe found() {
        OldHomes.awaitPorts(nodes);
        nodes.forEach(node -> programs.setup(node.name()));
        OldHomes.Node founder = nodes.get(0);
        HttpProbe last = start(founder.name(), "--want-master");
        for (OldHomes.Node node : nodes.subList(1, nodes.size())) {
            last = start(node.name(), "--buddy", founder.address());
        }
        return last;
    }

    private HttpProbe start(String name, String... more) {
        OldHomes.Node node = nodes.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Program program = node.start(programs, more);
        running.put(name, program);
        return probe(program.awaitReady(MAX));
    }

    private static HttpProbe probe(URI url) {
        return HttpProbe.of(url, REQUEST_MAX);
    }

    private void stop(String... names) {
        for (String name : names) {
            int exit = program(name).terminate(MAX);
            if (exit != 0) {
                throw new AssertionError(name + " exits with " + exit);
            }
        }
    }

    private void kill(String name) {
        program(name).kill9();
    }

    private Program program(String name) {
        return Objects.requireNonNull(running.get(name));
    }

    /** Every kind of record and of write. */
    private void variety(HttpProbe front) throws IOException {
        byte[] allBytes = new byte[256];
        for (int i = 0; i < allBytes.length; i++) {
            allBytes[i] = (byte) i;
        }
        ledger.put(front, Put.text("changed/every/term", "term 1", "text/plain"));
        ledger.put(front, Put.text("text/plain", "plain", "text/plain"));
        ledger.put(front, Put.text("text/utf-8", "Grüße, 日本, 🐟", "text/plain; charset=utf-8"));
        ledger.put(front, Put.text("text/untyped", "no type was given", ""));
        ledger.put(
                front,
                Put.text("json/object", "{\"name\":\"Ada\",\"n\":[1,2.50,1e400],\"n\":null}", "application/json"));
        ledger.put(front, Put.text("json/suffix", "[true]", "application/vnd.fish+json"));
        ledger.put(front, Put.text("json/not", "{this is none", "application/json"));
        ledger.put(front, Put.of("binary/all-bytes", allBytes, "application/octet-stream"));
        ledger.put(front, Put.of("binary/gzip", gzip("packed"), "text/css").encoded("gzip"));
        ledger.put(
                front,
                Put.of("binary/mebibyte", allBytes, "image/fish; tail=\"long\"").repeated(4096));
        ledger.put(front, Put.of("empty/untyped", new byte[0], ""));
        ledger.put(front, Put.of("empty/typed", new byte[0], "text/plain"));
        ledger.put(front, Put.text("ttl/ten-years", "ends late", "text/plain").ending("3650d"));
        ledger.put(front, Put.text("ttl/an-hour", "ends soon", "text/plain").ending("1h"));
        for (String key :
                List.of("k".repeat(1024), "ü".repeat(512), "/", "a//b/../c/./", "+ %2F%", "日本/🐟", "\u0001\u007f")) {
            ledger.put(front, Put.text(key, "odd key", "text/plain"));
        }
        for (int i = 0; i < MANY; i++) {
            ledger.put(front, Put.text("many/" + (100 + i), "number " + i, "text/plain"));
        }
        for (int i = 0; i < MANY; i += 4) {
            ledger.delete(front, "many/" + (100 + i));
        }
        transactions(front);
    }

    private void transactions(HttpProbe front) throws IOException {
        ledger.txn(
                front,
                "{\"if\":[{\"key\":\"text/plain\",\"text\":\"plain\"}],\"then\":["
                        + "{\"put\":{\"key\":\"txn/json\",\"json\":{\"a\":1}}},{\"put\":{\"key\":\"txn/text\",\"text\":\"ä\"}},"
                        + "{\"put\":{\"key\":\"txn/base64\",\"base64\":\"AAH/\",\"contentType\":\"image/x\","
                        + "\"contentEncoding\":\"br\"}},{\"delete\":{\"key\":\"many/101\"}},{\"get\":{\"key\":\"json/not\"}}]}",
                List.of(
                        Put.text("txn/json", "{\"a\":1}", "application/json"),
                        Put.text("txn/text", "ä", "text/plain; charset=utf-8"),
                        Put.of("txn/base64", new byte[] {0, 1, -1}, "image/x").encoded("br")),
                List.of("many/101"));
        ledger.txn(
                front,
                "{\"if\":[{\"key\":\"text/plain\",\"exists\":false}],\"then\":[{\"put\":{\"key\":\"txn/then\",\"text\":\"\"}}],"
                        + "\"else\":[{\"put\":{\"key\":\"txn/else\",\"text\":\"else\"}}]}",
                List.of(Put.text("txn/else", "else", "text/plain; charset=utf-8")),
                List.of());
        ledger.never("txn/then");
        ledger.putOnce(front, "put-once", Put.text("once/put", "one", "text/plain"));
        ledger.put(front, Put.text("once/deleted", "", "text/plain"));
        ledger.deleteOnce(front, "delete-once", "once/deleted");
        ledger.txnOnce(
                front,
                "txn-once",
                "{\"then\":[{\"put\":{\"key\":\"once/txn\",\"text\":\"two\"}},{\"get\":{\"key\":\"once/txn\"}}]}",
                List.of(Put.text("once/txn", "two", "text/plain; charset=utf-8")));
        answered(412, front.put("text/plain", "refused").ifAbsent().send());
        answered(412, front.put("never/written", "refused").ifMatch(1).send());
        ledger.never("never/written");
    }

    private void change(HttpProbe front, int term) throws IOException {
        ledger.put(front, Put.text("changed/every/term", "term " + term, "text/plain"));
        ledger.put(front, Put.text("made/in/term/" + term, "", ""));
        ledger.delete(front, "many/" + (101 + 4 * term));
        ledger.put(front, Put.text("many/100", "again in term " + term, "text/plain; v=" + term));
        ledger.putOnce(front, "put-once-" + term, Put.text("once/put/" + term, "term " + term, "text/plain"));
    }

    private static void answered(int status, HttpAnswer answer) {
        if (answer.status() != status) {
            throw new AssertionError(answer.toString());
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private void keep(Path to, String ended) throws IOException {
        Files.createDirectory(to);
        OldHomes homes = ledger.close(nodes, ended);
        homes.write(to);
        homes.pack(programs.data(), to);
    }

    @Override
    public void close() {
        programs.close();
    }
}
