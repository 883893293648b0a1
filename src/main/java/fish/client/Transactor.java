package fish.client;

import java.util.function.Function;

/** Runs a unit of work until what it read is what it commits against, its tries are used up or the client is closed. */
final class Transactor {
    private final FishClient client;
    private final Caller caller;
    private final int triesMax;

    Transactor(FishClient client, Caller caller, int triesMax) {
        this.client = client;
        this.caller = caller;
        this.triesMax = triesMax;
    }

    <T> T run(Function<? super Tx, ? extends T> work, WriteOptions options) {
        ReadOptions reads = ReadOptions.STRONG.withTimeout(options.timeout());
        for (int tries = 1; ; tries++) {
            Tx tx = new Tx(key -> client.get(key, reads));
            T result = work.apply(tx);
            if (!tx.needsCommit() || client.txn(tx.commit(), options).conditionsHeld()) {
                return result;
            }
            if (tries == triesMax) {
                throw new ConflictException("others changed what was read, in each of " + triesMax + " tries");
            }
            pause(tries);
        }
    }

    private void pause(int conflicts) {
        try {
            if (caller.pause(caller.pauseNanos(conflicts))) {
                throw new NotAppliedException("closed", "the client is closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotAppliedException("interrupted", "the thread was interrupted");
        }
    }
}
