package fish.setup;

import fish.conf.Commands;
import fish.conf.Surroundings;
import java.util.Locale;
import picocli.CommandLine;

/** {@code bin/setup}. */
public final class SetupMain {
    private SetupMain() {}

    public static void main(String[] args) {
        // What the system speaks must not change how names are written, JE's among them.
        Locale.setDefault(Locale.ROOT);
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(Commands.withHouseRules(new CommandLine(new SetupCommand(surroundings)), surroundings)
                .execute(args));
    }
}
