package fish.contract;

import io.undertow.util.HttpString;

/** The headers that are Fish's own. */
public final class FishHeaders {
    public static final HttpString REVISION = new HttpString("Fish-Revision");
    public static final HttpString CREATED = new HttpString("Fish-Created");
    public static final HttpString EXPIRES = new HttpString("Fish-Expires");
    public static final HttpString CONSISTENCY = new HttpString("Fish-Consistency");
    public static final HttpString NODE = new HttpString("Fish-Node");
    public static final HttpString LAG = new HttpString("Fish-Lag");
    public static final HttpString IDEMPOTENCY_KEY = new HttpString("Idempotency-Key");
    public static final HttpString IDEMPOTENCY_REPLAYED = new HttpString("Idempotency-Replayed");

    private FishHeaders() {}
}
