package fish.setup;

import fish.conf.Commands;
import fish.conf.Surroundings;
import java.util.Locale;
import picocli.CommandLine;

/** {@code bin/demo}. */
public final class DemoMain {
    private DemoMain() {}

    public static void main(String[] args) {
        // What the system speaks must not change how names are written, JE's among them.
        Locale.setDefault(Locale.ROOT);
        Surroundings surroundings = Surroundings.ofProcess();
        DemoCommand demo = new DemoCommand(surroundings, Runtime.getRuntime()::halt);
        System.exit(Commands.withHouseRules(new CommandLine(demo), surroundings).execute(args));
    }
}
