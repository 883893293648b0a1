package fish.http;

import fish.budget.Claim;
import fish.contract.Code;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the body of one call comes: the room that it holds, how long it may take, and whether its client keeps pace. One
 * that does not may take its time as long as nobody waits for room. On the call's I/O thread, but for {@link #isSlow},
 * {@link #held} and {@link #giveWay}.
 */
final class Arrival implements Holder {
    /** How long a small body is waited for that only says what it is that is refused. */
    private static final long NEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long NEVER = Long.MAX_VALUE;

    private final Call call;
    private final ServerParts parts;
    private final Claim room;
    private final AtomicLong heldWaiting = new AtomicLong();
    private @Nullable BodyReader reader;

    /** Until when what has come is enough; {@link #NEVER} while the client has nothing to do. */
    private volatile long enoughUntilNanos = NEVER;

    /** @param client whose body it is */
    Arrival(Call call, ServerParts parts, Object client, Executor later) {
        this.call = call;
        this.parts = parts;
        this.room = new Claim(parts.limits().bodies(), client, later);
    }

    /** See {@link Call#body}. */
    void read(int bytesMax, Consumer<byte[]> then) {
        boolean served = call.refusal().isEmpty();
        await(served ? parts.config().times().body().toNanos() : NEAR_NANOS);
        BodyReader reading = new BodyReader(call, served ? bytesMax : BodyReader.NEAR_BYTES_MAX, then);
        reader = reading;
        reading.start();
    }

    private void await(long nanos) {
        enoughUntilNanos = System.nanoTime() + Pace.PATIENCE_NANOS;
        call.awaitClient(
                System.nanoTime() + nanos,
                () -> refuse(
                        parts.timer().isHurried()
                                ? new Problem(Code.SHUTTING_DOWN, "this node is shutting down")
                                : new Problem(Code.REQUEST_TIMEOUT, "the body did not arrive in time")));
    }

    private void refuse(Problem problem) {
        call.inCall(() -> {
            throw call.refusedOr(problem);
        });
    }

    void came(int bytes) {
        long now = System.nanoTime();
        long before = enoughUntilNanos;
        enoughUntilNanos = Pace.enoughUntil(before == NEVER ? now : before, now, bytes);
    }

    /** Whether the client has sent too little so far. Any thread. */
    @Override
    public boolean isSlow(long nowNanos) {
        long until = enoughUntilNanos;
        return until != NEVER && nowNanos - until > 0;
    }

    /** In bytes. Any thread. */
    @Override
    public long held() {
        return room.held();
    }

    /** Others wait for room and this comes too slowly: ends it, if that is still so. Any thread. */
    @Override
    public void giveWay() {
        call.later(() -> {
            if (reader != null && isSlow(System.nanoTime())) {
                reader.readNow();
            }
            if (!call.sent() && isSlow(System.nanoTime())) {
                refuse(new Problem(Code.REQUEST_TIMEOUT, "the body comes too slowly, and others wait for its room"));
            }
        });
    }

    /** Takes so many bytes more, if there is room now; given back when the request has ended. */
    boolean hold(long bytes) {
        return room.grow(bytes);
    }

    /** As {@link #hold}, waiting for room as long as a request may take; then refused. */
    void holdLater(long bytes, Runnable go) {
        enoughUntilNanos = NEVER;
        long patience =
                call.refusal().isEmpty() ? parts.config().times().request().toNanos() : 0;
        Runnable refuse = () -> refuse(new Problem(Code.OVERLOADED, "there was no room for the body in time"));
        call.awaitOthers(System.nanoTime() + patience, refuse);
        long holds = room.held();
        if (!parts.limits().beginWaiting(holds)) {
            refuse.run();
            return;
        }
        heldWaiting.set(holds);
        room.takeMore(bytes, () -> {
            noLongerWaiting();
            await(parts.config().times().body().toNanos());
            go.run();
        });
    }

    private void noLongerWaiting() {
        parts.limits().endWaiting(heldWaiting.getAndSet(0));
    }

    /** What has come, and what is made of it, takes so many bytes; they are there already. */
    void takes(long bytes) {
        enoughUntilNanos = NEVER;
        room.force(bytes);
    }

    /** Nobody wants it any more, though the client may still send it for a while. */
    void drop() {
        if (reader != null) {
            reader.drop();
        }
        close();
    }

    /** Gives all back. May come twice. */
    void close() {
        enoughUntilNanos = NEVER;
        noLongerWaiting();
        room.close();
    }
}
