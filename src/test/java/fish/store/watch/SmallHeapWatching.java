package fish.store.watch;

import static fish.testing.Eventually.eventually;

import fish.api.ChangeHandler;
import fish.api.ChangeJson;
import fish.http.HttpServer;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Txn;
import fish.kv.Value;
import fish.run.Guard;
import fish.store.LoneMaster;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A node with many watchers or large changes, in a process of its own with a small heap. */
final class SmallHeapWatching {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int WATCHERS = 400;
    private static final int MEBIBYTE = 1 << 20;

    private final LoneMaster master;
    private final HttpServer server;
    private final ChangeFeed feed;

    private SmallHeapWatching(Path home) {
        master = LoneMaster.in(home);
        feed = new ChangeFeed(() -> master.store, new ChangeJson(), new Guard(reason -> {}));
        feed.start();
        ChangeHandler changes = new ChangeHandler(feed, Duration.ofSeconds(5));
        server = ChangesOverHttpTest.serving(changes);
        server.start();
    }

    /** {@code watchers|nuls home}: prints {@code served} if all went as it should. */
    public static void main(String[] args) throws Exception {
        SmallHeapWatching node = new SmallHeapWatching(Path.of(args[1]));
        if (args[0].equals("watchers")) {
            node.manyWatchers();
        } else {
            node.largePages();
        }
        System.out.println("served");
        Runtime.getRuntime().halt(0);
    }

    private Socket ask(String query, String accept) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(30_000);
        String request = "GET /changes" + query + " HTTP/1.0\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void put(Operation... operations) {
        Outcome outcome = LoneMaster.await(
                master.send(new Txn(List.of(), List.of(operations), List.of()), Durability.QUORUM, 30_000));
        if (!(outcome instanceof Outcome.Committed)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    /** Most take nothing, a few take all. */
    private void manyWatchers() throws Exception {
        List<Socket> watchers = new ArrayList<>();
        for (int i = 0; i < WATCHERS; i++) {
            watchers.add(ask("", "text/event-stream"));
        }
        eventually(SOON, () -> require(feed.watchers() == WATCHERS));
        byte[] random = new byte[MEBIBYTE];
        new Random(3).nextBytes(random);
        Thread reader = new Thread(() -> readUntil(watchers.get(0), "\"last\""));
        reader.start();
        for (int i = 0; i < 12; i++) {
            put(new Operation.Put(Key.of("k" + i), new Value(random, "", ""), Operation.NO_TTL));
        }
        put(LoneMaster.putting("last", "1"));
        reader.join(SOON.toMillis());
        require(!reader.isAlive());
    }

    private static void readUntil(Socket socket, String text) {
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[64 << 10];
            String tail = "";
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                String seen = tail + new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                if (seen.contains(text)) {
                    return;
                }
                tail = seen.substring(Math.max(0, seen.length() - text.length()));
            }
        } catch (IOException e) {
            System.out.println("cut off: " + e);
        }
        throw new IllegalStateException("the end came before " + text);
    }

    /** Pages of a commit that is six times as long in JSON, while more is written. */
    private void largePages() throws Exception {
        Operation[] nuls = new Operation[7];
        for (int i = 0; i < nuls.length; i++) {
            nuls[i] = new Operation.Put(
                    Key.of("n" + i), new Value(new byte[MEBIBYTE], "text/plain", ""), Operation.NO_TTL);
        }
        put(nuls);
        put(LoneMaster.putting("last", "1"));
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread reader = new Thread(() -> readAll(6L * MEBIBYTE * nuls.length));
            reader.start();
            readers.add(reader);
        }
        for (int i = 0; i < 8; i++) {
            put(new Operation.Put(Key.of("k" + i), new Value(new byte[MEBIBYTE], "", ""), Operation.NO_TTL));
        }
        for (Thread reader : readers) {
            reader.join(SOON.toMillis());
            require(!reader.isAlive());
        }
    }

    private void readAll(long least) {
        try (Socket socket = ask("?since=0&limit=1&timeout=30s", "application/json")) {
            long sum = 0;
            byte[] buffer = new byte[64 << 10];
            InputStream in = socket.getInputStream();
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                sum += read;
            }
            if (sum < least) {
                System.out.println("a page of " + sum);
            }
        } catch (IOException e) {
            System.out.println("no page: " + e);
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new AssertionError("not as it should be");
        }
    }
}
