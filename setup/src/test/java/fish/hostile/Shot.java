package fish.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One thing to send over HTTP, and what may be answered. Immutable, but for its bytes. */
final class Shot {
    private static final int SHOWN_CHARS = 240;

    /** Whether a failed request has {@code outcome}. */
    enum Outcome {
        ALWAYS,
        NEVER,
        PERHAPS
    }

    private final byte[] bytes;
    private final boolean head;
    private final Outcome outcome;
    private final Set<Integer> statuses;

    private Shot(byte[] bytes, boolean head, Outcome outcome, Set<Integer> statuses) {
        this.bytes = bytes;
        this.head = head;
        this.outcome = outcome;
        this.statuses = statuses;
    }

    /** Not a copy. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether the answer has no body. */
    boolean head() {
        return head;
    }

    /** Whether a failure must have an outcome. */
    Outcome outcome() {
        return outcome;
    }

    /** What must be answered but for what an overloaded group says; empty: anything documented. */
    Set<Integer> statuses() {
        return statuses;
    }

    /** A request that HTTP has nothing against. */
    static Shot request(String method, String target, List<String> headers, byte[] body) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        if (body.length > 0 || !method.equals("GET")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        boolean kv = target.startsWith("/kv/");
        boolean write = kv && (method.equals("PUT") || method.equals("DELETE"));
        Outcome outcome = write ? Outcome.ALWAYS : Outcome.NEVER;
        if (method.equals("POST") && target.startsWith("/txn")) {
            outcome = Outcome.PERHAPS;
        }
        return new Shot(bytes.toByteArray(), method.equals("HEAD"), outcome, Set.of());
    }

    static Shot request(String method, String target, String... headers) {
        return request(method, target, List.of(headers), new byte[0]);
    }

    /** Bytes that may be no request at all. */
    static Shot raw(String latin1) {
        return new Shot(latin1.getBytes(StandardCharsets.ISO_8859_1), false, Outcome.PERHAPS, Set.of());
    }

    Shot answered(Integer... with) {
        return new Shot(bytes, head, outcome, new HashSet<>(List.of(with)));
    }

    Shot of(Outcome ofIt) {
        return new Shot(bytes, head, ofIt, statuses);
    }

    /** Whether its first bytes are these. */
    boolean isTo(String first) {
        return new String(bytes, 0, Math.min(bytes.length, first.length()), StandardCharsets.ISO_8859_1).equals(first);
    }

    /** Its first bytes, printable. */
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < bytes.length && shown.length() < SHOWN_CHARS; i++) {
            char c = (char) (bytes[i] & 0xff);
            if (c == '\r' || c == '\n') {
                shown.append(c == '\r' ? "\\r" : "\\n");
            } else if (c < ' ' || c > '~') {
                shown.append(String.format("\\x%02x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown + (bytes.length > SHOWN_CHARS ? "… (" + bytes.length + " bytes)" : "");
    }
}
