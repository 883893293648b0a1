package fish.jefix;

import com.sleepycat.je.rep.impl.node.Feeder;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * When a master last heard of a replica, which JE keeps to itself: it tells only whether it has given the
 * replica up, and that up to a second late.
 */
public final class FeederContact {
    private static final VarHandle LAST_RESPONSE = lastResponse();

    private FeederContact() {}

    /** Another value after each message from the replica; by the system's clock, which may jump. */
    public static long lastResponse(Feeder feeder) {
        return (long) LAST_RESPONSE.getVolatile(feeder);
    }

    private static VarHandle lastResponse() {
        try {
            return MethodHandles.privateLookupIn(Feeder.class, MethodHandles.lookup())
                    .findVarHandle(Feeder.class, "lastResponseTime", long.class);
        } catch (ReflectiveOperationException e) {
            throw new JeFixException("this JE does not keep when a replica was heard of", e);
        }
    }
}
