package fish.run;

import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.conf.SettingValues;
import fish.conf.Surroundings;
import fish.conf.Version;
import fish.home.Entry;
import fish.home.Home;
import fish.home.Role;
import fish.home.State;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** A node's process from its settings to its exit code: the same for back-ends and front-ends. */
public final class NodeProgram {
    /** Beyond what a clean stop may take by itself. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Makes the node, and starts nothing. */
    public interface Maker {
        /** @param failed to be told, once, why the node cannot go on; the process then ends with exit code 1 */
        Node make(Home home, Entry entry, EventLog events, Consumer<String> failed) throws ProgramException;
    }

    private final Role role;
    private final Maker maker;
    private final Surroundings surroundings;
    private final IntConsumer halt;

    /** @param halt see {@link Shutdown} */
    public NodeProgram(Role role, Maker maker, Surroundings surroundings, IntConsumer halt) {
        this.role = role;
        this.maker = maker;
        this.surroundings = surroundings;
        this.halt = halt;
    }

    /**
     * Home, node, ready line, wait, close.
     *
     * @param wantMaster found the group if the home is new and no buddy is named
     * @param stopWithInput stop when standard input ends
     * @return the exit code of a node that served
     * @throws ProgramException why it could not serve; everything is closed then
     */
    public int run(SettingValues values, NodeSettings settings, boolean wantMaster, boolean stopWithInput)
            throws ProgramException {
        Descriptors.ofProcess().requireEnough();
        EventLog events = new EventLog(surroundings.err(), surroundings.clock());
        values.warnings().forEach(warning -> events.log("warning", "message", warning));
        try (Closing closing = new Closing()) {
            Home home = closing.add(Home.open(settings.home(), role));
            home.openToOthers()
                    .forEach(path -> events.log("others-can-read", "path", path, "next", "chmod go= " + path));
            Entry entry = home.entry(settings.group(), settings.name(), wantMaster, settings.buddies());
            if (wantMaster && home.state() == State.MEMBER) {
                events.log("want-master-ignored", "reason", "this node is already in a group");
            }
            Shutdown shutdown = new Shutdown(
                    closing, settings.get(NodeSettings.SHUTDOWN_TIMEOUT).plus(GRACE), events, halt);
            Consumer<String> failed = reason -> shutdown.request(reason, ProgramException.FAILED);
            Node node = closing.add(maker.make(home, entry, events, failed));
            shutdown.onSignals();
            if (stopWithInput) {
                shutdown.onEndOf(surroundings.in());
            }
            tellStart(settings, entry, events);
            if (start(node, shutdown)) {
                surroundings.out().println(readyLine(node, settings));
                surroundings.out().flush();
            }
            return shutdown.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ProgramException.failed("interrupted").because(e);
        }
    }

    /** Returns whether it serves; a start that was cut short by a request to stop is no failure. */
    private static boolean start(Node node, Shutdown shutdown) throws ProgramException {
        try {
            node.start();
            return !shutdown.isRequested();
        } catch (ProgramException | RuntimeException e) {
            if (shutdown.isRequested()) {
                return false;
            }
            throw e;
        }
    }

    private void tellStart(NodeSettings settings, Entry entry, EventLog events) {
        events.log(
                "starting",
                "node",
                settings.name(),
                "group",
                settings.group(),
                "entry",
                entry.name().toLowerCase(Locale.ROOT),
                "address",
                settings.address(),
                "dir",
                settings.home(),
                "version",
                Version.number(),
                "java",
                Runtime.version(),
                "pid",
                ProcessHandle.current().pid());
    }

    private static String readyLine(Node node, NodeSettings settings) {
        return "ready "
                + node.httpUrl()
                + " "
                + new Line()
                        .add("node", settings.name())
                        .add("group", settings.group())
                        .add("address", settings.address());
    }
}
