package fish.api;

import fish.contract.Headers;
import io.undertow.util.HttpString;

/** {@link Headers}, as Undertow looks them up. */
final class FishHeaders {
    static final HttpString REVISION = new HttpString(Headers.REVISION);
    static final HttpString CREATED = new HttpString(Headers.CREATED);
    static final HttpString EXPIRES = new HttpString(Headers.EXPIRES);
    static final HttpString CONSISTENCY = new HttpString(Headers.CONSISTENCY);
    static final HttpString NODE = new HttpString(Headers.NODE);
    static final HttpString LAG = new HttpString(Headers.LAG);
    static final HttpString BACKUP_BYTES = new HttpString(Headers.BACKUP_BYTES);
    static final HttpString IDEMPOTENCY_KEY = new HttpString(Headers.IDEMPOTENCY_KEY);
    static final HttpString IDEMPOTENCY_REPLAYED = new HttpString(Headers.IDEMPOTENCY_REPLAYED);

    private FishHeaders() {}
}
