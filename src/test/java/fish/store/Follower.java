package fish.store;

import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.contract.HostPort;
import fish.group.JeSettings;
import fish.group.NodeOptions;
import fish.testing.FreePorts;
import fish.testing.Standard;
import java.nio.file.Path;
import java.util.Set;

/** A read-only replica of a {@link LoneMaster} in this JVM, over a real socket. */
final class Follower implements AutoCloseable {
    final ReplicatedEnvironment environment;
    final Store store;

    Follower(Path home, LoneMaster master) {
        HostPort address = new HostPort("localhost", FreePorts.any());
        NodeOptions options = new NodeOptions(
                "test", "follower", address, Set.of(master.address), 0, home, 16 << 20, 0, 0, Standard.timeouts());
        environment =
                new ReplicatedEnvironment(home.toFile(), JeSettings.frontEnd(options), JeSettings.environment(options));
        store = new Store(environment, true);
    }

    @Override
    public void close() {
        store.close(1000);
        environment.close();
    }
}
