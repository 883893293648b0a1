package fish.node;

import fish.api.MetricsSource;
import fish.contract.NodeState;
import fish.metrics.Metrics;
import fish.metrics.TimeSeries;
import fish.run.RecentEvents;
import fish.run.Threads;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A node's metrics, and how they were lately. One thread of its own reads them all, so that no I/O thread and no
 * writer ever waits for a figure, and at most once a second, so that nobody who asks often costs much. Thread-safe.
 */
public final class NodeMetrics implements MetricsSource, AutoCloseable {
    private static final int FINE_SECONDS = 1;
    private static final int FINE_POINTS = 600;
    private static final int COARSE_SECONDS = 5;
    private static final int COARSE_POINTS = 720;
    private static final long TEXT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the values of the series of the role mean, by position. */
    static final List<NodeState> STATES = List.of(NodeState.values());

    private static final List<String> STATE_WORDS =
            STATES.stream().map(state -> state.name().toLowerCase(Locale.ROOT)).toList();

    /** Of an event, what any token may see: names, numbers and addresses of nodes. */
    private static final Set<String> SHOWN_FIELDS =
            Set.of("node", "group", "role", "master", "term", "to", "address", "http", "first-revision", "version");

    /** Events whose reason is in this program's own words. */
    private static final Set<String> OWN_REASONS =
            Set.of("leaving-office", "disk-full", "using-last-room", "clocks-differ", "unlinked");

    private final String node;
    private final RecentEvents events;
    private final Clock clock;
    private final Metrics metrics = new Metrics();
    private final TimeSeries fine = new TimeSeries(FINE_SECONDS, FINE_POINTS);
    private final TimeSeries coarse = new TimeSeries(COARSE_SECONDS, COARSE_POINTS);
    private final ScheduledExecutorService timer = Threads.timer("fish-metrics");

    // The timer's own.
    private int ticks;
    private byte[] text = new byte[0];
    private long textNanos = System.nanoTime() - TEXT_NANOS;

    public NodeMetrics(String node, RecentEvents events, Clock clock) {
        this.node = node;
        this.events = events;
        this.clock = clock;
    }

    /** Where others have their figures told; before {@link #start}. */
    public Metrics registry() {
        return metrics;
    }

    /** Adds series, to each step's own; before {@link #start}. */
    public void addSeries(Consumer<TimeSeries> adding) {
        adding.accept(fine);
        adding.accept(coarse);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    public void start() {
        timer.scheduleAtFixedRate(Threads.surviving(this::tick), FINE_SECONDS, FINE_SECONDS, TimeUnit.SECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        fine.take(clock.millis(), now);
        ticks++;
        if (ticks % COARSE_SECONDS == 0) {
            coarse.take(clock.millis(), now);
        }
    }

    @Override
    public void text(Consumer<? super byte[]> answer) {
        timer.execute(Threads.surviving(() -> answer.accept(text())));
    }

    private byte[] text() {
        long now = System.nanoTime();
        if (now - textNanos >= TEXT_NANOS) {
            text = metrics.text();
            textNanos = now;
        }
        return text;
    }

    @Override
    public void history(boolean fineStep, long afterMillis, Consumer<? super History> answer) {
        timer.execute(Threads.surviving(() -> {
            TimeSeries series = fineStep ? fine : coarse;
            List<RecentEvents.Event> lately = events.all().stream()
                    .filter(event -> event.time().toEpochMilli() > afterMillis)
                    .map(NodeMetrics::shown)
                    .toList();
            answer.accept(new History(node, series.stepSeconds(), series.since(afterMillis), STATE_WORDS, lately));
        }));
    }

    private static RecentEvents.Event shown(RecentEvents.Event event) {
        Map<String, String> fields = new LinkedHashMap<>(event.fields());
        boolean reason = OWN_REASONS.contains(event.name());
        fields.keySet().removeIf(field -> !SHOWN_FIELDS.contains(field) && !(reason && field.equals("reason")));
        return new RecentEvents.Event(event.number(), event.time(), event.name(), fields);
    }

    /** May come twice. */
    @Override
    public void close() {
        timer.shutdown();
    }
}
