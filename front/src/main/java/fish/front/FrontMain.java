package fish.front;

import fish.conf.Surroundings;

/** {@code bin/front}. */
public final class FrontMain {
    private FrontMain() {}

    public static void main(String[] args) {
        System.exit(FrontCommand.of(FrontNode::new, Surroundings.ofProcess(), Runtime.getRuntime()::halt)
                .execute(args));
    }
}
