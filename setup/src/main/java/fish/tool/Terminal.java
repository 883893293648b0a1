package fish.tool;

import java.util.Map;
import java.util.Set;

/**
 * Which of the three streams are a terminal, which only the script that starts us can tell, and whether it has colours.
 */
public record Terminal(boolean in, boolean out, boolean err, boolean colours) {
    /** System property, set by {@code bin/fish}: those of {@code in,out,err} that are a terminal. */
    private static final String PROPERTY = "fish.terminal";

    public static final Terminal NONE = new Terminal(false, false, false, false);

    static Terminal ofProcess(Map<String, String> environment) {
        Set<String> streams =
                Set.copyOf(java.util.List.of(System.getProperty(PROPERTY, "").split(",", -1)));
        boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(streams.contains("in"), streams.contains("out"), streams.contains("err"), colours);
    }
}
