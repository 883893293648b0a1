package fish.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.conf.NodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** {@code compose.yaml} and the manifests for Kubernetes, against what Fish takes and does. */
class ClusterFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path ROOT = Path.of("..");

    /** {@code shutdown-timeout}, and the 5 s after which a node ends anyway. */
    private static final int STOP_SECONDS = 25;

    private static final String USER = "10001";

    @Test
    void theImageRunsTheServiceAsTheUserOfTheVolumes() throws IOException {
        String image = Files.readString(ROOT.resolve("Dockerfile"));
        assertThat(image).contains("--uid " + USER + " ", "USER " + USER + ":" + USER);
        assertThat(image).contains("ENTRYPOINT [\"/opt/fish/bin/service\"]");
        assertThat(ROOT.resolve("bin/service")).isExecutable();
    }

    @Test
    void everyServiceOfComposeIsTheNodeThatItsNameSays() throws IOException {
        JsonNode compose = documents("compose.yaml").get(0);
        Map<String, JsonNode> services = children(compose.get("services"));
        JsonNode prepare = compose.at("/services/prepare");
        services.remove("prepare");
        List<String> backs = named(services, "back");
        List<String> fronts = named(services, "front");
        assertThat(backs).hasSize(3);
        assertThat(fronts).hasSize(2);
        String buddies = backs.stream().map(name -> name + ":9000").collect(Collectors.joining(","));

        services.forEach((name, service) -> {
            Map<String, JsonNode> environment = children(service.get("environment"));
            assertThat(environment).containsOnlyKeys("FISH_DIR", "FISH_ADDRESS", "FISH_BUDDY");
            assertThat(service.at("/environment/FISH_DIR").asText()).isEqualTo(name);
            assertThat(service.at("/environment/FISH_ADDRESS").asText()).isEqualTo(name + ":9000");
            assertThat(service.at("/environment/FISH_BUDDY").asText()).isEqualTo(buddies);
            assertThat(texts(service.get("volumes"))).containsExactly(name + ":/var/lib/fish");
            assertThat(texts(service.at("/healthcheck/test")))
                    .containsExactly(
                            "CMD",
                            "/opt/fish/bin/service",
                            "ready",
                            service.get("command").asText(),
                            "--once");
            assertThat(service.get("stop_grace_period").asText()).isEqualTo(STOP_SECONDS + 5 + "s");
            assertThat(children(service.get("depends_on"))).containsOnlyKeys("prepare");
            // Of other machines nobody reaches a group that has no token yet.
            assertThat(texts(service.path("ports"))).allMatch(port -> port.startsWith("127.0.0.1:"));
        });

        List<String> command = new ArrayList<>(List.of("prepare", "/volumes"));
        command.addAll(backs);
        command.add("--front");
        command.addAll(fronts);
        command.add("--");
        assertThat(texts(prepare.get("command"))).isEqualTo(command);
        List<String> volumes = new ArrayList<>(List.of("ca"));
        volumes.addAll(services.keySet());
        assertThat(texts(prepare.get("volumes")))
                .isEqualTo(
                        volumes.stream().map(name -> name + ":/volumes/" + name).toList());
        assertThat(children(compose.get("volumes"))).containsOnlyKeys(volumes);
    }

    @Test
    void kubernetesKeepsTheNodesOfBothRolesWithSettingsThatAre() throws IOException {
        List<JsonNode> documents = documents("conf/kubernetes/fish.yaml");
        for (String role : List.of("back", "front")) {
            String name = "fish-" + role;
            JsonNode set = find(documents, "StatefulSet", name);
            JsonNode pod = set.at("/spec/template/spec");
            JsonNode container = pod.at("/containers/0");
            JsonNode service =
                    find(documents, "Service", set.at("/spec/serviceName").asText());
            assertThat(service.at("/spec/clusterIP").asText()).isEqualTo("None");
            assertThat(service.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
            for (JsonNode selector : List.of(
                    service.at("/spec/selector"),
                    set.at("/spec/selector/matchLabels"),
                    find(documents, "PodDisruptionBudget", name).at("/spec/selector/matchLabels"))) {
                assertThat(selector).isEqualTo(set.at("/spec/template/metadata/labels"));
            }
            // Kubernetes would set FISH_PORT and others for its services.
            assertThat(pod.get("enableServiceLinks").asBoolean(true)).isFalse();
            assertThat(pod.get("terminationGracePeriodSeconds").asInt()).isGreaterThan(STOP_SECONDS);
            assertThat(pod.at("/securityContext/runAsUser").asText()).isEqualTo(USER);
            assertThat(pod.at("/securityContext/fsGroup").asText()).isEqualTo(USER);
            assertThat(texts(container.get("args"))).containsExactly(role);
            assertThat(texts(pod.at("/initContainers/0/args"))).containsExactly("home", "--tls", "/etc/fish-tls");
            assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/health/live");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/health/live");
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/health/ready");
            assertThat(set.at("/spec/volumeClaimTemplates/0/metadata/name"))
                    .isEqualTo(container.at("/volumeMounts/0/name"));
            environmentIsRight(name, container, find(documents, "StatefulSet", "fish-back"));
        }
        JsonNode clients = find(documents, "Service", "fish");
        assertThat(clients.at("/spec/selector/app").asText()).isEqualTo("fish-front");
    }

    private static void environmentIsRight(String name, JsonNode container, JsonNode backs) {
        Map<String, String> environment = new TreeMap<>();
        container
                .get("env")
                .forEach(each -> environment.put(
                        each.get("name").asText(), each.path("value").asText()));
        List<String> known = new ArrayList<>(List.of("POD_NAME", "PORT", "FISH_JAVA_OPTS"));
        NodeSettings.TABLE
                .all()
                .forEach(setting -> known.add(
                        "FISH_" + setting.name().toUpperCase(Locale.ROOT).replace('-', '_')));
        assertThat(known).containsAll(environment.keySet());
        assertThat(environment)
                .containsEntry("FISH_DIR", "$(POD_NAME)")
                .containsEntry("FISH_ADDRESS", "$(POD_NAME)." + name + ":9000")
                .containsEntry("PORT", container.at("/ports/1/containerPort").asText())
                .containsEntry(
                        "FISH_BUDDY",
                        IntStream.range(0, backs.at("/spec/replicas").asInt())
                                .mapToObj(each -> "fish-back-" + each + ".fish-back:9000")
                                .collect(Collectors.joining(",")));
        // The heap, and as much again for the rest of the JVM and the system's cache.
        assertThat(environment.get("FISH_JAVA_OPTS")).contains("-Xmx512m");
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("1Gi");
    }

    private static List<JsonNode> documents(String file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        new Yaml().loadAll(Files.readString(ROOT.resolve(file))).forEach(each -> documents.add(JSON.valueToTree(each)));
        return documents;
    }

    private static JsonNode find(List<JsonNode> documents, String kind, String name) {
        return documents.stream()
                .filter(each -> each.get("kind").asText().equals(kind))
                .filter(each -> each.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    private static List<String> named(Map<String, JsonNode> services, String command) {
        return services.entrySet().stream()
                .filter(each -> each.getValue().path("command").asText().equals(command))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, JsonNode> children(JsonNode parent) {
        Map<String, JsonNode> children = new TreeMap<>();
        for (Iterator<String> names = parent.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            children.put(name, parent.get(name));
        }
        return children;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
