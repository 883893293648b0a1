package fish.tool.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a bench ran, the only place where its figures say anything.
 *
 * @param load the load average of the last minute, as it began; negative: unknown
 */
public record Machine(String processor, int cores, long memoryBytes, String system, String java, double load) {
    /** This one, now. */
    public static Machine here() {
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                processorName(),
                os.getAvailableProcessors(),
                os.getTotalMemorySize(),
                os.getName() + " " + os.getVersion() + " " + os.getArch(),
                Runtime.version().toString(),
                os.getSystemLoadAverage());
    }

    private static String processorName() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** CPU time of this process so far, in nanoseconds. */
    static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** One line for people. */
    public String line() {
        return "%s, %d cores, %.1f GiB, %s, Java %s, load average %.1f"
                .formatted(processor, cores, memoryBytes / (double) (1L << 30), system, java, load);
    }
}
