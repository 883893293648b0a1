package fish.run;

import fish.conf.ProgramException;

/** A back-end or a front-end, as the program around it sees it. Thread-safe. */
public interface Node extends AutoCloseable {
    /**
     * Returns once it serves. Called once; comes back soon, with an exception, after {@link #close}.
     *
     * @throws ProgramException with exit code 1 for what the group refuses, 2 for what is set wrongly
     */
    void start() throws ProgramException;

    /** Where it serves, {@code http://localhost:8000}. To be asked once it is started. */
    String httpUrl();

    /** Stops cleanly within the shutdown timeout. May come twice, at any time, also while it starts. */
    @Override
    void close();
}
