package fish.api;

import fish.metrics.TimeSeries;
import fish.run.RecentEvents;
import java.util.List;
import java.util.function.Consumer;

/** What a node counted. Each answer is given once, soon, on any thread; neither method blocks or throws. */
public interface MetricsSource {
    /**
     * Points of a node's series.
     *
     * @param stepSeconds between two of them
     * @param states what the values of the series {@value History#ROLE} mean, by position
     * @param events what happened in the same time, the oldest first
     */
    record History(
            String node,
            int stepSeconds,
            TimeSeries.Points points,
            List<String> states,
            List<RecentEvents.Event> events) {
        public static final String ROLE = "role";
    }

    /** All metrics now, in Prometheus's text format; up to a second old. */
    void text(Consumer<? super byte[]> answer);

    /**
     * How it was lately.
     *
     * @param fine whether at the smaller step, and not as far back
     * @param afterMillis points and events after this time alone, since the epoch
     */
    void history(boolean fine, long afterMillis, Consumer<? super History> answer);
}
