package fish.back;

import fish.conf.Surroundings;
import java.util.Locale;

/** {@code bin/back}. */
public final class BackMain {
    private BackMain() {}

    public static void main(String[] args) {
        // What the system speaks must not change how names are written, JE's among them.
        Locale.setDefault(Locale.ROOT);
        System.exit(BackCommand.of(BackNode::new, Surroundings.ofProcess(), Runtime.getRuntime()::halt)
                .execute(args));
    }
}
