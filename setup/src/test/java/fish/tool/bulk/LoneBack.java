package fish.tool.bulk;

import fish.back.BackNode;
import fish.back.BackSettings;
import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.conf.ProgramException;
import fish.conf.SettingValues;
import fish.conf.Sources;
import fish.conf.Surroundings;
import fish.home.Home;
import fish.home.Role;
import fish.run.EventLog;
import fish.testing.FreePorts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** A group of one back-end in this JVM, which is its master: a real store behind real HTTP. */
public final class LoneBack implements AutoCloseable {
    private final Home home;
    private final BackNode node;

    public LoneBack(Path directory) throws ProgramException {
        Path dir = directory.resolve("b0");
        Map<String, String> options = Map.of(
                "dir", dir.toString(),
                "address", "localhost:" + FreePorts.any(),
                "port", "0",
                "cache", "32MiB",
                "free-disk", "0",
                "shutdown-timeout", "3s",
                "want-master", "true");
        PrintStream log = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                Map.of(), directory, directory, new ByteArrayInputStream(new byte[0]), log, log, Clock.systemUTC());
        Home.make(dir, Clock.systemUTC());
        this.home = Home.open(dir, Role.BACK);
        BackSettings settings = BackSettings.from(
                SettingValues.resolve(BackSettings.SETTINGS, Sources.ofOptions(options)), surroundings);
        this.node = new BackNode(
                settings,
                home,
                home.entry("fish", "b0", true, settings.node().buddies()),
                new EventLog(log, Clock.systemUTC()),
                reason -> {});
        try {
            node.start();
        } catch (ProgramException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public String url() {
        return node.httpUrl();
    }

    public FishClient client() {
        return FishClient.open(ClientConfig.of(url()));
    }

    @Override
    public void close() {
        node.close();
        home.close();
    }
}
