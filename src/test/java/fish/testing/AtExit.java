package fish.testing;

/** What is to be cleaned up even if this JVM is told to end before anybody does. */
final class AtExit {
    private final Thread hook;

    /**
     * @param cleanUp runs beside others of its kind when the JVM goes down, unless {@link #cancel} came first
     * @throws IllegalStateException if the JVM is going down
     */
    AtExit(String name, Runnable cleanUp) {
        this.hook = new Thread(cleanUp, name);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** It is cleaned up. */
    void cancel() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down: the hook runs anyway, and finds nothing.
        }
    }
}
