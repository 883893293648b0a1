package fish.http;

import io.undertow.util.HttpString;

/** The headers that are Fish's own. */
final class FishHeaders {
    static final HttpString REVISION = new HttpString("Fish-Revision");
    static final HttpString CREATED = new HttpString("Fish-Created");
    static final HttpString EXPIRES = new HttpString("Fish-Expires");
    static final HttpString CONSISTENCY = new HttpString("Fish-Consistency");
    static final HttpString NODE = new HttpString("Fish-Node");
    static final HttpString LAG = new HttpString("Fish-Lag");
    static final HttpString IDEMPOTENCY_KEY = new HttpString("Idempotency-Key");
    static final HttpString IDEMPOTENCY_REPLAYED = new HttpString("Idempotency-Replayed");

    private FishHeaders() {}
}
