package fish.setup;

import fish.conf.Commands;
import fish.conf.Surroundings;
import picocli.CommandLine;

/** {@code bin/setup}. */
public final class SetupMain {
    private SetupMain() {}

    public static void main(String[] args) {
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(Commands.withHouseRules(new CommandLine(new SetupCommand(surroundings)), surroundings)
                .execute(args));
    }
}
