package fish.http;

import fish.budget.Claim;

/**
 * How the answer of one call goes: the room that it holds, and whether its client takes it. One that does not may take its
 * time as long as nobody waits for room. For one thread, but for {@link #begin}.
 */
final class Departure implements Holder {
    private final Call call;
    private final Claim room;
    private volatile boolean begun;
    private boolean followed;
    private long taken;
    private long enoughUntilNanos;

    Departure(Call call, Claim room) {
        this.call = call;
        this.room = room;
    }

    /** From here on its client is to take it. On the call's I/O thread. */
    void begin() {
        begun = true;
    }

    /** Sees how far it has come; often. */
    void follow(long nowNanos) {
        if (!begun) {
            return;
        }
        long now = call.exchange().getResponseBytesSent();
        if (!followed) {
            followed = true;
            enoughUntilNanos = nowNanos + Pace.PATIENCE_NANOS;
        } else if (now > taken) {
            enoughUntilNanos = Pace.enoughUntil(enoughUntilNanos, nowNanos, now - taken);
        }
        taken = now;
    }

    @Override
    public boolean isSlow(long nowNanos) {
        return followed && nowNanos - enoughUntilNanos > 0;
    }

    @Override
    public long held() {
        return room.held();
    }

    /** Its connection is closed: what has come of it cannot be taken back. */
    @Override
    public void giveWay() {
        call.abandon();
    }
}
