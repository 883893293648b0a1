package fish.tool;

import fish.conf.Arguments;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** {@code bin/fish}. */
public final class FishMain {
    private FishMain() {}

    public static void main(String[] args) {
        // What the system speaks must not change how names and numbers are written.
        Locale.setDefault(Locale.ROOT);
        System.exit(run(Surroundings.ofProcess(), new FileOutputStream(FileDescriptor.out), args));
    }

    /** @param stdout in place of that of the surroundings, since it says why it fails */
    static int run(Surroundings process, OutputStream stdout, String... args) {
        StandardOutput out = new StandardOutput(stdout);
        Surroundings surroundings = new Surroundings(
                process.environment(),
                process.workingDirectory(),
                process.installation(),
                process.in(),
                new PrintStream(new BufferedOutputStream(out), false, StandardCharsets.UTF_8),
                process.err(),
                process.clock());
        try {
            Arguments.requireWhole(args);
        } catch (ProgramException e) {
            process.err().println("bin/fish: " + e.getMessage());
            return e.exitCode();
        }
        int exitCode = FishTool.run(surroundings, Terminal.ofProcess(surroundings.environment()), args);
        surroundings.out().flush();
        if (out.trouble().isEmpty()) {
            return exitCode;
        }
        process.err()
                .println("bin/fish: what it prints cannot be written: "
                        + out.trouble().get());
        return exitCode == 0 ? ProgramException.FAILED : exitCode;
    }
}
