package fish.store.master;

import fish.kv.RequestId;
import fish.kv.TxnResult;
import java.nio.ByteBuffer;

/**
 * An answer that is kept for those who ask again.
 *
 * @param request of the write that was answered so
 * @param digest of everything that made the request what it was; empty where it had no idempotency key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record CachedAnswer(RequestId request, byte[] digest, TxnResult result) {
    byte[] encode() {
        byte[] answer = ResultCodec.encode(result);
        return ByteBuffer.allocate(2 * Long.BYTES + 1 + digest.length + answer.length)
                .putLong(request.high())
                .putLong(request.low())
                .put((byte) digest.length)
                .put(digest)
                .put(answer)
                .array();
    }

    static CachedAnswer decode(byte[] stored) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        RequestId request = new RequestId(in.getLong(), in.getLong());
        byte[] digest = new byte[in.get()];
        in.get(digest);
        byte[] answer = new byte[in.remaining()];
        in.get(answer);
        return new CachedAnswer(request, digest, ResultCodec.decode(answer));
    }
}
