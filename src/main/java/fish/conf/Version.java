package fish.conf;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says: Fish's version, and the Java it runs on. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"fish " + number() + " (Java " + Runtime.version() + ")"};
    }

    /** As in the jar's manifest; {@code development} where classes run without a jar. */
    public static String number() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
