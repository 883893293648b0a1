package fish.api;

import fish.contract.Cluster;
import java.util.function.Consumer;

/** Where the group's state comes from. */
@FunctionalInterface
public interface ClusterSource {
    /** Gives the group as it is seen now, once, soon, on any thread. Neither blocks nor throws. */
    void cluster(Consumer<? super Cluster> answer);
}
