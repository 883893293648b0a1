package fish.setup;

import fish.conf.ProgramException;
import fish.conf.ShellWord;
import fish.conf.Surroundings;
import fish.conf.Version;
import fish.home.Home;
import fish.home.StoppedHome;
import fish.store.HeldData;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a node's home. Never destroys what is there. */
@Command(
        name = "bin/setup",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Makes the home of a node. Never destroys data.")
public final class SetupCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(
            paramLabel = "NAME",
            description = "A bare name lies under database/ (or $$FISH_DATA); a path is taken as it is.")
    private String name;

    @Option(names = "--force", description = "Move a home that is there aside, named with the time.")
    private boolean force;

    @Option(
            names = "--restore",
            paramLabel = "HOME",
            description = "Found a group anew from a stopped back-end's home, which is copied and not changed:"
                    + " for when a majority is lost for good.")
    private String restore = "";

    public SetupCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ProgramException {
        if (name.isEmpty()) {
            throw ProgramException.wrong("NAME is empty");
        }
        Path home = surroundings.home(name);
        PrintStream out = surroundings.out();
        if (!restore.isEmpty()) {
            return restored(home);
        }
        if (force && Files.exists(home)) {
            out.println("moved aside: " + Home.moveAside(home, surroundings.clock()));
        }
        Home.make(home, surroundings.clock());
        String word = ShellWord.of(name);
        out.println("made " + home);
        out.println("run next, one of:");
        out.println("  bin/back --dir " + word + " --address localhost:9000 --want-master    # found a group");
        out.println("  bin/back --dir " + word + " --address HOST:PORT --buddy HOST:PORT     # join one");
        out.println("  bin/front --dir " + word + " --address HOST:PORT --buddy HOST:PORT    # serve one");
        return 0;
    }

    private int restored(Path home) throws ProgramException {
        PrintStream out = surroundings.out();
        Path from = surroundings.home(restore);
        if (from.equals(home)) {
            throw ProgramException.wrong("a home is restored to another one: name a new NAME");
        }
        try (StoppedHome stopped = StoppedHome.open(from)) {
            RestoredHome.Source source = new RestoredHome.OfHome(from, stopped);
            if (force && Files.exists(home)) {
                out.println("moved aside: " + Home.moveAside(home, surroundings.clock()));
            }
            HeldData held = new RestoredHome(surroundings.clock()).make(home, source);
            out.println("made " + home + " from a copy of " + from + ", of " + stopped.name() + " in group "
                    + stopped.group());
            RestoredHome.inWords(held).forEach(sentence -> out.println("  " + sentence));
            out.println(
                    "stop what is left of the old group; then found the new one, to which no node of the old one can come:");
            out.println("  bin/back --dir " + name + " --address HOST:PORT"
                    + (stopped.group().equals("fish") ? "" : " --group " + stopped.group()));
            out.println("all other nodes join it with new homes: bin/setup NAME --force, and --buddy");
        }
        return 0;
    }
}
