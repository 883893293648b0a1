package fish.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One watcher's stream, again and again. For the selector's thread, and whoever comes after its end. */
final class Watcher {
    /** @param sequence of the value; negative: superseded */
    record Told(long revision, String key, long sequence, long nanos) {}

    final int index;
    final List<Told> told = new ArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private final StringBuilder events = new StringBuilder();
    boolean headSeen;
    int front;
    private long position;

    Watcher(int index, long position) {
        this.index = index;
        this.position = position;
    }

    ByteBuffer request(URI to) {
        received.setLength(0);
        events.setLength(0);
        headSeen = false;
        String request = "GET /changes?prefix=w" + index + "/ HTTP/1.1\r\nHost: " + to.getAuthority()
                + "\r\nAccept: text/event-stream\r\nLast-Event-ID: " + position + "\r\n\r\n";
        return ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    }

    /** Gives how many changes were in it. */
    int take(String more, long nanos) throws IOException {
        int before = told.size();
        received.append(more);
        if (!headSeen) {
            int end = received.indexOf("\r\n\r\n");
            if (end < 0) {
                return 0;
            }
            if (received.indexOf("HTTP/1.1 200") != 0) {
                throw new IOException("refused: " + received);
            }
            headSeen = true;
            received.delete(0, end + 4);
        }
        while (takeChunk()) {
            for (int end = events.indexOf("\n\n"); end >= 0; end = events.indexOf("\n\n")) {
                event(events.substring(0, end), nanos);
                events.delete(0, end + 2);
            }
        }
        return told.size() - before;
    }

    private boolean takeChunk() throws IOException {
        int line = received.indexOf("\r\n");
        if (line < 0) {
            return false;
        }
        int size = Integer.parseInt(received, 0, line, 16);
        int end = line + 2 + size + 2;
        if (received.length() < end) {
            return false;
        }
        if (size == 0) {
            throw new IOException("the stream ended");
        }
        events.append(received, line + 2, end - 2);
        received.delete(0, end);
        return true;
    }

    private void event(String event, long nanos) throws IOException {
        long id = 0;
        for (String line : event.split("\n", -1)) {
            if (line.startsWith("id: ")) {
                id = Long.parseLong(line.substring("id: ".length()));
            } else if (line.startsWith("data: ")) {
                JsonNode data = JsonMapper.builder().build().readTree(line.substring("data: ".length()));
                for (JsonNode change : data.path("changes")) {
                    JsonNode put = change.path("put");
                    String text = put.path("text").asText();
                    long sequence = put.path("superseded").asBoolean()
                            ? -1
                            : Long.parseLong(text.substring(0, Math.max(0, text.indexOf(' '))));
                    told.add(new Told(id, put.path("key").asText(), sequence, nanos));
                }
            }
        }
        position = id;
    }
}
