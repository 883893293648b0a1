package fish.group;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a process of its own, with this one's Java and class path. */
public final class FreshJvm {
    private static final long LIMIT_SECONDS = 110;

    private FreshJvm() {}

    /** Starts it; its output, errors too, goes to {@code out}. The caller ends it. */
    static Process start(Class<?> main, List<String> flags, Path out, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx128m");
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    /** Runs it to its end and returns the lines that it printed. */
    public static List<String> run(Class<?> main, List<String> flags, String... arguments) throws Exception {
        Path out = Files.createTempFile("fish-fresh-jvm", ".out");
        try {
            Process process = start(main, flags, out, arguments);
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("no end after " + LIMIT_SECONDS + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            return Files.readAllLines(out, StandardCharsets.UTF_8);
        } finally {
            Files.deleteIfExists(out);
        }
    }
}
