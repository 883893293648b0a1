package fish.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, taken piece by piece and never waited for longer than its taker says. The next piece is asked
 * for when one was taken, so no more than one waits here. One taker; close at any time, twice too, from any thread.
 */
final class Body implements BodySubscriber<Body>, AutoCloseable {
    /**
     * @param problem why there is no more; empty where the body ended as it should
     */
    private record Piece(List<ByteBuffer> bytes, boolean last, String problem) {}

    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private volatile boolean ended;

    @Override
    public CompletionStage<Body> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription.complete(given)) {
            given.request(1);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        pieces.add(new Piece(bytes, false, ""));
    }

    @Override
    public void onError(Throwable problem) {
        ended = true;
        pieces.add(new Piece(List.of(), true, "the connection broke: " + problem.getMessage()));
    }

    @Override
    public void onComplete() {
        ended = true;
        pieces.add(new Piece(List.of(), true, ""));
    }

    /**
     * The next bytes; none at the end.
     *
     * @throws HttpTimeoutException where they do not come in time
     * @throws IOException where the connection broke or the body was closed
     */
    List<ByteBuffer> next(long nanos) throws IOException, InterruptedException {
        Piece piece = pieces.poll(nanos, TimeUnit.NANOSECONDS);
        if (piece == null) {
            throw new HttpTimeoutException("the answer did not come in time");
        }
        if (!piece.problem.isEmpty()) {
            throw new IOException(piece.problem);
        }
        if (piece.last) {
            pieces.add(piece);
        } else {
            subscription.join().request(1);
        }
        return piece.bytes;
    }

    /**
     * All of it.
     *
     * @param endNanos by {@link System#nanoTime}
     * @throws IOException as {@link #next}, and where there is more than {@code bytesMax}
     */
    byte[] all(int bytesMax, long endNanos) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            List<ByteBuffer> buffers = next(endNanos - System.nanoTime());
            if (buffers.isEmpty()) {
                return all.toByteArray();
            }
            for (ByteBuffer buffer : buffers) {
                if (buffer.remaining() > bytesMax - all.size()) {
                    throw new IOException("the answer has more than " + bytesMax + " bytes");
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                all.writeBytes(bytes);
            }
        }
    }

    /** Ends the connection where the body has not come to its end. */
    @Override
    public void close() {
        if (!ended
                && !subscription.completeExceptionally(new CancellationException())
                && !subscription.isCompletedExceptionally()) {
            subscription.join().cancel();
        }
        pieces.add(new Piece(List.of(), true, "the client was closed"));
    }
}
