package fish.hostile;

import fish.testing.FishNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node's process took at most.
 *
 * @param heapMegabytes the largest heap that a collection began with
 * @param keptMegabytes the largest that one left
 */
record Vitals(String node, long pid, long rssMegabytes, long heapMegabytes, long keptMegabytes) {
    private static final Pattern COLLECTION = Pattern.compile(".* (\\d+)M->(\\d+)M\\(\\d+M\\).*");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    /** For a node's JVM, so that {@link #of} can read of its collections. */
    static String option(Path directory) {
        return "-Xlog:gc:file=" + directory.resolve("gc-%p.log");
    }

    static Vitals of(FishNode node, Path directory) throws IOException {
        long pid = node.program().pid();
        Matcher peak = PEAK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        long rss = peak.find() ? Long.parseLong(peak.group(1)) >> 10 : 0;
        long heap = 0;
        long kept = 0;
        for (String line : Files.readAllLines(directory.resolve("gc-" + pid + ".log"))) {
            Matcher collection = COLLECTION.matcher(line);
            if (collection.matches()) {
                heap = Math.max(heap, Long.parseLong(collection.group(1)));
                kept = Math.max(kept, Long.parseLong(collection.group(2)));
            }
        }
        return new Vitals(node.name(), pid, rss, heap, kept);
    }

    @Override
    public String toString() {
        return "node=" + node + " rss-mb=" + rssMegabytes + " heap-mb=" + heapMegabytes + " kept-mb=" + keptMegabytes;
    }
}
