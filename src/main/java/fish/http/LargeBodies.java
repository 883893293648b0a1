package fish.http;

import fish.run.Threads;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes of large bodies what they mean, one after the other on a thread beside those that serve connections: it takes
 * long, and for that time many times as much of the heap as the body, which as many threads as there are processors
 * cannot have at once. What waits holds its body alone, which is counted. Thread-safe.
 */
public final class LargeBodies {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor thread;

    /** @param name of the thread, which ends while there is nothing to do */
    public LargeBodies(String name) {
        thread = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Threads.named(name));
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Makes it, and goes on with it on the I/O thread; not where the request was answered meanwhile.
     *
     * @param making what it throws the call answers
     */
    public <T> void make(Call call, Supplier<T> making, Consumer<? super T> then) {
        HttpServerExchange exchange = call.exchange();
        // Undertow ends an exchange whose handler returns, unless it was dispatched.
        exchange.dispatch(SameThreadExecutor.INSTANCE, (Runnable) () -> thread.execute(() -> {
            Runnable step = step(making, then);
            try {
                exchange.getIoThread().execute(() -> {
                    if (!call.sent()) {
                        call.inCall(step);
                    }
                });
            } catch (RejectedExecutionException e) {
                // The server has stopped, and every connection is closed.
                call.abort();
            }
        }));
    }

    private static <T> Runnable step(Supplier<T> making, Consumer<? super T> then) {
        try {
            T made = making.get();
            return () -> then.accept(made);
        } catch (RuntimeException e) {
            return () -> {
                throw e;
            };
        }
    }
}
