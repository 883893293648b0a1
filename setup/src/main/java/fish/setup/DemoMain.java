package fish.setup;

import fish.conf.Commands;
import fish.conf.Surroundings;
import picocli.CommandLine;

/** {@code bin/demo}. */
public final class DemoMain {
    private DemoMain() {}

    public static void main(String[] args) {
        Surroundings surroundings = Surroundings.ofProcess();
        DemoCommand demo = new DemoCommand(surroundings, Runtime.getRuntime()::halt);
        System.exit(Commands.withHouseRules(new CommandLine(demo), surroundings).execute(args));
    }
}
