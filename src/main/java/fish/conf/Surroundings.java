package fish.conf;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a program finds around it, as an argument.
 *
 * @param installation where {@code bin}, {@code conf} and {@code lib} lie
 */
public record Surroundings(
        Map<String, String> environment,
        Path workingDirectory,
        Path installation,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Clock clock) {
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Those of this process; {@code bin/} tells it the installation by the property {@code fish.home}. */
    public static Surroundings ofProcess() {
        return new Surroundings(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                Path.of(System.getProperty("fish.home", "")).toAbsolutePath(),
                System.in,
                System.out,
                System.err,
                Clock.systemUTC());
    }

    /** Where the home that {@code --dir} names is: a bare name lies with the others, a path is taken as it is. */
    public Path home(String dir) {
        boolean bare = dir.indexOf('/') < 0 && !dir.equals(".") && !dir.equals("..");
        String data = environment.getOrDefault("FISH_DATA", "");
        Path parent = bare ? workingDirectory.resolve(data.isEmpty() ? "database" : data) : workingDirectory;
        return parent.resolve(dir).normalize();
    }
}
