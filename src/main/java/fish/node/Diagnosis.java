package fish.node;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.conf.NodeSettings;
import fish.conf.Version;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.json.Json;
import fish.run.RecentEvents;
import fish.run.Threads;
import fish.store.Store;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What a node tells of itself for a report of a bug: {@code GET /cluster/report}. No keys of records, no values and no
 * secrets are in it. It is put together on a thread of its own, one at a time, since JE's counters and a thread dump
 * may take a while.
 */
public final class Diagnosis {
    private static final Set<String> PARAMS = Set.of("timeout");
    private static final Pattern SECRET = Pattern.compile("(?i)token|secret|passw|private|credential");
    private static final String NOT_SHOWN = "(not shown)";

    /** Of threads, and of frames of each. */
    private static final int THREADS_MAX = 1_000;

    private static final int FRAMES_MAX = 60;

    private final NodeSettings settings;
    private final Supplier<NodeReport> self;
    private final RecentEvents events;
    private final Supplier<Store> store;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** @param store throws while there is none */
    public Diagnosis(NodeSettings settings, Supplier<NodeReport> self, RecentEvents events, Supplier<Store> store) {
        this.settings = settings;
        this.self = self;
        this.events = events;
        this.store = store;
    }

    /** Answers with it. */
    public void tell(Call call) {
        long deadline = call.deadlineNanos(call.params(PARAMS));
        call.await(deadline, () -> new Problem(Code.OVERLOADED, "the report was not done in time"), () -> {
            if (!busy.compareAndSet(false, true)) {
                call.answer(() -> call.problem(new Problem(Code.OVERLOADED, "another report is being made")));
                return;
            }
            try {
                Threads.daemon("fish-report", () -> answer(call)).start();
            } catch (Throwable e) {
                busy.set(false);
                throw e;
            }
        });
    }

    private void answer(Call call) {
        try {
            byte[] report = json();
            call.answer(() -> call.jsonHeld(report));
        } catch (RuntimeException e) {
            call.answer(() -> call.problem(new Problem(Code.INTERNAL, "the report could not be made: " + e)));
        } finally {
            busy.set(false);
        }
    }

    byte[] json() {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("fish", Version.number());
            g.writeFieldName("node");
            g.writeRawValue(new String(self.get().toJson(), StandardCharsets.UTF_8));
            process(g);
            settings(g);
            events(g);
            statistics(g);
            g.writeStringField("threads", threads());
            g.writeEndObject();
        });
    }

    private static void process(JsonGenerator g) throws IOException {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        Runtime jvm = Runtime.getRuntime();
        g.writeObjectFieldStart("process");
        g.writeNumberField("pid", ProcessHandle.current().pid());
        g.writeNumberField("upSeconds", runtime.getUptime() / 1000.0);
        g.writeStringField("java", Runtime.version() + " " + runtime.getVmName());
        g.writeStringField(
                "system",
                ManagementFactory.getOperatingSystemMXBean().getName() + " "
                        + ManagementFactory.getOperatingSystemMXBean().getVersion());
        g.writeNumberField("cores", jvm.availableProcessors());
        g.writeNumberField(
                "loadAverage", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        g.writeNumberField("heapUsedBytes", jvm.totalMemory() - jvm.freeMemory());
        g.writeNumberField("heapMaxBytes", jvm.maxMemory());
        g.writeArrayFieldStart("arguments");
        for (String argument : runtime.getInputArguments()) {
            g.writeString(shown(argument, argument));
        }
        g.writeEndArray();
        g.writeArrayFieldStart("collectors");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            g.writeStartObject();
            g.writeStringField("name", collector.getName());
            g.writeNumberField("collections", collector.getCollectionCount());
            g.writeNumberField("millis", collector.getCollectionTime());
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeEndObject();
    }

    /** A secret is never a setting; should one become so, its name keeps it out. */
    static String shown(String name, String text) {
        return SECRET.matcher(name).find() ? NOT_SHOWN : text;
    }

    private void settings(JsonGenerator g) throws IOException {
        g.writeObjectFieldStart("settings");
        for (Map.Entry<String, String> setting : new TreeMap<>(settings.told()).entrySet()) {
            g.writeStringField(setting.getKey(), shown(setting.getKey(), setting.getValue()));
        }
        g.writeEndObject();
    }

    private void events(JsonGenerator g) throws IOException {
        g.writeArrayFieldStart("events");
        List<RecentEvents.Event> all = events.all();
        for (RecentEvents.Event event : all) {
            g.writeStartObject();
            g.writeNumberField("number", event.number());
            g.writeStringField("time", event.time().toString());
            g.writeStringField("event", event.name());
            for (Map.Entry<String, String> field : event.fields().entrySet()) {
                g.writeStringField(field.getKey(), shown(field.getKey(), field.getValue()));
            }
            g.writeEndObject();
        }
        g.writeEndArray();
    }

    private void statistics(JsonGenerator g) throws IOException {
        g.writeObjectFieldStart("je");
        try {
            for (Map.Entry<String, String> part : store.get().jeStatistics().entrySet()) {
                g.writeStringField(part.getKey(), part.getValue());
            }
        } catch (RuntimeException e) {
            g.writeStringField("missing", String.valueOf(e.getMessage()));
        }
        g.writeEndObject();
    }

    private static String threads() {
        StringBuilder dump = new StringBuilder();
        ThreadInfo[] all = ManagementFactory.getThreadMXBean().dumpAllThreads(true, false);
        for (int i = 0; i < Math.min(all.length, THREADS_MAX); i++) {
            thread(dump, all[i]);
        }
        if (all.length > THREADS_MAX) {
            dump.append(all.length - THREADS_MAX).append(" more threads\n");
        }
        return dump.toString();
    }

    private static void thread(StringBuilder dump, ThreadInfo thread) {
        dump.append('"').append(thread.getThreadName()).append("\" #").append(thread.getThreadId());
        dump.append(thread.isDaemon() ? " daemon " : " ").append(thread.getThreadState());
        LockInfo waitsFor = thread.getLockInfo();
        if (waitsFor != null) {
            dump.append(" on ").append(waitsFor);
        }
        if (thread.getLockOwnerName() != null) {
            dump.append(" held by \"").append(thread.getLockOwnerName()).append('"');
        }
        dump.append('\n');
        StackTraceElement[] frames = thread.getStackTrace();
        for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
            dump.append("    at ").append(frames[i]).append('\n');
            for (MonitorInfo monitor : thread.getLockedMonitors()) {
                if (monitor.getLockedStackDepth() == i) {
                    dump.append("    - holds ").append(monitor).append('\n');
                }
            }
        }
        dump.append('\n');
    }
}
