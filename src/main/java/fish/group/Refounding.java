package fish.group;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicationConfig;
import com.sleepycat.je.rep.impl.RepParams;
import fish.jefix.JeFixes;
import fish.store.HeldData;
import fish.store.NewBeginning;
import java.io.IOException;
import java.util.Set;

/**
 * Founds a group from a copy of what a node of another group held: a majority of that one is lost for good.
 * JE gives the new group an identity of its own, so that no node of the old one can ever mix with it. May be
 * done again where it was interrupted, as often as needed.
 */
public final class Refounding {
    private Refounding() {}

    /**
     * Blocks for some seconds, and for as long as reading all of the data.
     *
     * @param options of the only member of the new group; its home holds the copy, and nobody uses it
     * @throws IOException if the copy cannot be used
     */
    public static NewBeginning found(NodeOptions options) throws IOException {
        JeFixes.apply();
        HeldData held = HeldData.verified(options.home());
        NodeOptions alone = options.withHelpers(Set.of(options.address()));
        ReplicationConfig replication = JeSettings.backEnd(alone);
        replication.setConfigParam(RepParams.RESET_REP_GROUP.getName(), "true");
        String thread = Thread.currentThread().getName();
        try (ReplicatedEnvironment environment =
                new ReplicatedEnvironment(alone.home().toFile(), replication, JeSettings.environment(alone))) {
            return NewBeginning.make(environment, held);
        } catch (DatabaseException | IllegalStateException e) {
            throw new IOException("the group cannot be founded anew: " + Opening.explain(e), e);
        } finally {
            // JE renames the thread that opens.
            Thread.currentThread().setName(thread);
        }
    }
}
