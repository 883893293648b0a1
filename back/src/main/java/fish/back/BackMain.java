package fish.back;

import fish.conf.Surroundings;

/** {@code bin/back}. */
public final class BackMain {
    private BackMain() {}

    public static void main(String[] args) {
        System.exit(BackCommand.of(BackNode::new, Surroundings.ofProcess(), Runtime.getRuntime()::halt)
                .execute(args));
    }
}
