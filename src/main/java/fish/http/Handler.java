package fish.http;

/** Serves one kind of request. Called on an I/O thread: it must not wait for a lock, a commit or a disk,
 * but as {@code fish.store.ReadPool} does. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers now, or arranges for it with {@link Call#body} or {@link Call#await}.
     *
     * @throws ProblemException whose problem is then the answer
     */
    void handle(Call call);
}
