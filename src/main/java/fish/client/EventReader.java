package fish.client;

import fish.json.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Reads server-sent events from a body. One thread. */
final class EventReader {
    /**
     * @param name empty where none was given
     */
    record Event(String id, String name, String data) {}

    private final Body body;
    private final int eventBytesMax;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private Iterator<ByteBuffer> buffers = List.<ByteBuffer>of().iterator();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private String id = "";
    private String name = "";
    private final StringBuilder data = new StringBuilder();

    EventReader(Body body, int eventBytesMax) {
        this.body = body;
        this.eventBytesMax = eventBytesMax;
    }

    /**
     * The next event that has data; empty at the end of the stream.
     *
     * @param nanos how long nothing may come
     * @throws IOException where that passes, the connection breaks, or an event is larger than it may be
     */
    Optional<Event> next(long nanos) throws IOException, InterruptedException {
        while (true) {
            if (!fill(nanos)) {
                return Optional.empty();
            }
            byte b = buffer.get();
            if (b != '\n') {
                line.write(b);
                if (line.size() + data.length() > eventBytesMax) {
                    throw new IOException("an event has more than " + eventBytesMax + " bytes");
                }
                continue;
            }
            String text = Utf8.decode(line.toByteArray()).orElseThrow(() -> new IOException("an event is not UTF-8"));
            line.reset();
            field(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            if (text.isBlank() && !data.isEmpty()) {
                return Optional.of(take());
            }
        }
    }

    private boolean fill(long nanos) throws IOException, InterruptedException {
        while (!buffer.hasRemaining()) {
            if (!buffers.hasNext()) {
                List<ByteBuffer> came = body.next(nanos);
                if (came.isEmpty()) {
                    return false;
                }
                buffers = came.iterator();
            }
            buffer = buffers.next();
        }
        return true;
    }

    private void field(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            return;
        }
        String value = text.substring(text.startsWith(": ", colon) ? colon + 2 : colon + 1);
        switch (text.substring(0, colon)) {
            case "id" -> id = value;
            case "event" -> name = value;
            case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
            default -> {}
        }
    }

    private Event take() {
        Event event = new Event(id, name, data.toString());
        name = "";
        data.setLength(0);
        return event;
    }
}
