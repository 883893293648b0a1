package fish.tool.bench;

import java.util.Locale;

/** What one request does; {@link #EVENT} is no request, but a change that a watcher was told of. */
public enum Op {
    PUT,
    GET,
    TXN,
    LIST,
    EVENT;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
