package fish.client;

import fish.kv.StoredRecord;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** Goes through a listing, one page in memory at a time. One thread. */
final class Pages implements Iterator<StoredRecord> {
    private static final Set<Integer> OK = Set.of(200);

    private final Caller caller;
    private final Map<String, String> params;
    private final Duration timeout;
    private Iterator<StoredRecord> page = List.<StoredRecord>of().iterator();
    private String cursor = "";
    private boolean more = true;

    Pages(Caller caller, Map<String, String> listing, Map<String, String> options, Duration timeout) {
        this.caller = caller;
        this.params = new LinkedHashMap<>(listing);
        this.params.putAll(options);
        this.timeout = timeout;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && more) {
            Map<String, String> next = new LinkedHashMap<>(params);
            RequestTarget.add(next, "cursor", cursor);
            Request request = Request.get("/kv", next, OK, timeout);
            Answer answer = caller.call(request);
            RecordPage came = caller.parsed(request, () -> Answers.page(answer));
            page = came.records().iterator();
            more = !came.next().isEmpty() && !came.next().equals(cursor);
            cursor = came.next();
        }
        return page.hasNext();
    }

    @Override
    public StoredRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
