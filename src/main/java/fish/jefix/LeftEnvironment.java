package fish.jefix;

import com.sleepycat.je.dbi.DbEnvPool;
import com.sleepycat.je.dbi.EnvironmentImpl;
import java.io.File;
import java.util.List;

/**
 * What JE leaves of an environment that it could not open. It forgets one whose log it cannot read, or that cannot join;
 * but one that fails between the two, or whose closing fails, stays known as open, and every later opening in this process
 * would get its failure again.
 */
public final class LeftEnvironment {
    private LeftEnvironment() {}

    /** Forgets the environment of a home that nobody in this process has open, and ends its threads; blocks. */
    public static void end(File home) {
        for (EnvironmentImpl left : known()) {
            if (left.getEnvironmentHome().equals(home)) {
                try {
                    left.closeAfterInvalid();
                } catch (RuntimeException e) {
                    // It is forgotten all the same.
                }
            }
        }
    }

    private static List<EnvironmentImpl> known() {
        DbEnvPool pool = DbEnvPool.getInstance();
        synchronized (pool) {
            return List.copyOf(pool.getEnvImpls());
        }
    }
}
