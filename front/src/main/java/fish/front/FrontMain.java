package fish.front;

import fish.conf.Surroundings;
import java.util.Locale;

/** {@code bin/front}. */
public final class FrontMain {
    private FrontMain() {}

    public static void main(String[] args) {
        // What the system speaks must not change how names are written, JE's among them.
        Locale.setDefault(Locale.ROOT);
        System.exit(FrontCommand.of(FrontNode::new, Surroundings.ofProcess(), Runtime.getRuntime()::halt)
                .execute(args));
    }
}
