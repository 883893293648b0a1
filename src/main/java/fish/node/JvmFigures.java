package fish.node;

import com.sun.management.OperatingSystemMXBean;
import fish.metrics.Metrics;
import fish.metrics.TimeSeries;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The JVM and its process, by the names that dashboards know. */
final class JvmFigures {
    private static final double NANOS = 1e9;

    private JvmFigures() {}

    static void register(Metrics metrics) {
        PrometheusRegistry jvm = metrics.jvm();
        JvmMemoryMetrics.builder().register(jvm);
        JvmMemoryPoolAllocationMetrics.builder().register(jvm);
        JvmGarbageCollectorMetrics.builder().register(jvm);
        JvmBufferPoolMetrics.builder().register(jvm);
        JvmRuntimeInfoMetric.builder().register(jvm);
        ProcessMetrics.builder().register(jvm);
        // The library's own also look for deadlocks and at each thread's state, which stops them all.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        metrics.gauge("jvm_threads_current", "Threads now.", threads::getThreadCount);
        metrics.gauge("jvm_threads_daemon", "Daemon threads now.", threads::getDaemonThreadCount);
        metrics.gauge("jvm_threads_peak", "The most threads there were.", threads::getPeakThreadCount);
    }

    static void add(TimeSeries series) {
        series.level("heap", JvmFigures::heapBytes);
        series.level("heapMax", Runtime.getRuntime()::maxMemory);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            series.rate("cpu", NANOS, system::getProcessCpuTime);
        }
    }

    private static double heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
