package fish.group;

import fish.contract.NodeState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a membership has told, by name alone. */
final class RecordedEvents implements GroupEvents {
    final List<String> states = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    /** With what belongs to them. */
    final List<String> lines = new CopyOnWriteArrayList<>();

    final List<String> failures = new CopyOnWriteArrayList<>();

    @Override
    public void joined() {
        events.add("joined");
    }

    @Override
    public void state(NodeState state, String master) {
        states.add(state.name());
    }

    @Override
    public void event(String name, Object... keysAndValues) {
        lines.add(name + " " + List.of(keysAndValues));
        events.add(name);
    }

    @Override
    public void failed(String reason) {
        failures.add(reason);
    }
}
