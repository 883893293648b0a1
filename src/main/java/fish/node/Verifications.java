package fish.node;

import fish.api.Statuses;
import fish.api.VerifyHandler;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.run.Threads;
import fish.store.RangeDigest;
import fish.store.Store;
import fish.store.StoreFormatException;
import fish.store.UnavailableException;
import fish.store.backup.LogCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks through this node's own files and records, on one thread that rests as long as it worked: it takes half of a core and half of what the disk
 * gives to one reader, at most. Thread-safe.
 */
final class Verifications implements VerifyHandler.Source, AutoCloseable {
    private static final int WAITING_MAX = 4;
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long DIGEST_BYTES_MAX = 32 << 20;
    private static final int TRIES = 5;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final GroupMember member;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), Threads.named("fish-verify"));
    private volatile boolean closing;

    Verifications(GroupMember member) {
        this.member = member;
    }

    private interface Work {
        byte[] json() throws IOException;
    }

    @Override
    public void verify(String from, Call call) {
        run(call, () -> {
            LogCheck check = LogCheck.some(member.store(), from, WORK_NANOS);
            check.damaged()
                    .forEach(damage -> member.event("log-damaged", "file", damage.file(), "reason", damage.reason()));
            List<VerifyHandler.Damage> damaged = check.damaged().stream()
                    .map(damage -> new VerifyHandler.Damage(damage.file(), damage.reason()))
                    .toList();
            return VerifyHandler.json(
                    new VerifyHandler.Verified(member.name(), check.files(), check.bytes(), damaged, check.next()));
        });
    }

    @Override
    public void digest(VerifyHandler.DigestOf range, Call call, long deadlineNanos) {
        run(call, () -> {
            Store store = member.store();
            store.requireFilled();
            while (store.lastRevision() < range.after()) {
                if (System.nanoTime() - deadlineNanos >= 0 || closing) {
                    throw new Problem(Code.LAGGING, "the replica does not hold revision " + range.after() + " yet")
                            .exception();
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return json(digest(store, range), range.listed());
        });
    }

    private RangeDigest digest(Store store, VerifyHandler.DigestOf range) {
        RangeDigest.Ask ask = new RangeDigest.Ask(
                range.start().getBytes(StandardCharsets.UTF_8),
                range.end().getBytes(StandardCharsets.UTF_8),
                range.limit(),
                DIGEST_BYTES_MAX,
                WORK_NANOS);
        for (int i = 0; i < TRIES && !closing; i++) {
            Optional<RangeDigest> digest = store.digest(ask);
            if (digest.isPresent()) {
                return digest.get();
            }
        }
        throw new Problem(Code.LAGGING, "what was asked for was being changed all the time").exception();
    }

    private byte[] json(RangeDigest digest, boolean listed) {
        List<VerifyHandler.Entry> entries = digest.entries().stream()
                .map(entry -> new VerifyHandler.Entry(entry.key().toString(), entry.revision(), entry.hash()))
                .toList();
        return VerifyHandler.json(
                new VerifyHandler.Digest(
                        member.name(),
                        digest.revision(),
                        digest.digest(),
                        entries,
                        new String(digest.next(), StandardCharsets.UTF_8)),
                listed);
    }

    private void run(Call call, Work work) {
        try {
            thread.execute(() -> {
                long start = System.nanoTime();
                answer(call, work);
                if (!closing) {
                    LockSupport.parkNanos(Math.min(System.nanoTime() - start, REST_NANOS_MAX));
                }
            });
        } catch (RejectedExecutionException e) {
            Code code = closing ? Code.SHUTTING_DOWN : Code.OVERLOADED;
            call.answer(() -> call.problem(new Problem(code, "too many verifications at this node at once")));
        }
    }

    private void answer(Call call, Work work) {
        try {
            byte[] json = work.json();
            call.answer(() -> call.jsonHeld(json));
        } catch (UnavailableException e) {
            call.answer(() -> call.problem(
                    new Problem(Statuses.code(e.failure().reason()), e.failure().detail())));
        } catch (StoreFormatException | IOException e) {
            call.answer(() -> call.problem(new Problem(Code.STARTING, String.valueOf(e.getMessage()))));
        } catch (RuntimeException e) {
            // What it is, the call tells.
            call.answer(() -> {
                throw e;
            });
        }
    }

    /** What waits is refused; nobody is interrupted, since JE would not bear it. May come twice. */
    @Override
    public void close() {
        closing = true;
        thread.shutdown();
    }
}
