package fish.tool;

import fish.conf.Surroundings;
import java.util.Locale;

/** {@code bin/fish}. */
public final class FishMain {
    private FishMain() {}

    public static void main(String[] args) {
        // What the system speaks must not change how names and numbers are written.
        Locale.setDefault(Locale.ROOT);
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(FishTool.run(surroundings, Terminal.ofProcess(surroundings.environment()), args));
    }
}
