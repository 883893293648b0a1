package fish.front;

import fish.home.Entry;
import fish.home.Home;
import fish.run.EventLog;
import fish.run.Node;
import java.util.function.Consumer;

/** Makes the node of this program. */
final class FrontNodes {
    private FrontNodes() {}

    @SuppressWarnings("DoNotCallSuggester") // the node comes with its own package
    static Node create(FrontSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed) {
        throw new UnsupportedOperationException("no node for " + settings.node().name());
    }
}
