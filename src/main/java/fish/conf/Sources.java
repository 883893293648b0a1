package fish.conf;

import java.util.Map;

/**
 * Where settings come from, the stronger one last: file, environment, options.
 *
 * @param fileName how to call the file in a message
 */
public record Sources(
        String fileName, Map<String, String> file, Map<String, String> environment, Map<String, String> options) {
    public Sources {
        file = Map.copyOf(file);
        environment = Map.copyOf(environment);
        options = Map.copyOf(options);
    }

    public static Sources ofOptions(Map<String, String> options) {
        return new Sources("", Map.of(), Map.of(), options);
    }
}
