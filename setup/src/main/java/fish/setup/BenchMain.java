package fish.setup;

import fish.conf.Commands;
import fish.conf.Surroundings;
import java.util.Locale;
import picocli.CommandLine;

/** {@code bin/bench}. */
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(Commands.withHouseRules(
                        new CommandLine(new CompareCommand(surroundings, Runtime.getRuntime()::halt)), surroundings)
                .execute(args));
    }
}
