package fish.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The description of its API that a node serves, and whether answers are as it says. */
public final class OpenApi {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final JsonNode document;

    public OpenApi(JsonNode document) {
        this.document = document;
    }

    /** All that is described, as lines of the table of routes: {@code GET /kv/*}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(method.getKey().toUpperCase(Locale.ROOT) + " "
                            + path.getKey().replaceAll("\\{\\w+}", "*"));
                }
            }
        }
        return operations;
    }

    /** The names of the parameters in the query that one of these takes. */
    public Set<String> queryParameters(String operation) {
        Set<String> names = new TreeSet<>();
        for (JsonNode parameter : operation(operation).path("parameters")) {
            JsonNode resolved = resolved(parameter);
            if (resolved.path("in").asText().equals("query")) {
                names.add(resolved.path("name").asText());
            }
        }
        return names;
    }

    /** Whether one of these is served to everybody. */
    public boolean needsNoToken(String operation) {
        JsonNode security = operation(operation).path("security");
        return security.isArray() && security.isEmpty();
    }

    /** References that lead nowhere. */
    public List<String> brokenReferences() {
        List<String> broken = new ArrayList<>();
        for (JsonNode reference : document.findValues("$ref")) {
            if (document.at(reference.asText().substring(1)).isMissingNode()) {
                broken.add(reference.asText());
            }
        }
        return broken;
    }

    /** What is not as it is described in an answer to one of these; nothing where it is. */
    public List<String> faults(String operation, HttpAnswer answer) {
        JsonNode responses = operation(operation).path("responses");
        JsonNode response =
                resolved(responses.path(responses.has("" + answer.status()) ? "" + answer.status() : "default"));
        JsonNode content = response.path("content");
        String type = answer.header("Content-Type").split(";", 2)[0];
        if (content.isMissingNode()) {
            return answer.body().length == 0 ? List.of() : List.of("a body where none is described: " + answer);
        }
        if (!content.has(type) && !content.has("*/*")) {
            return List.of(answer.status() + " of type " + type + ", not of " + List.copyOf(content.properties()));
        }
        return type.endsWith("json") && content.has(type)
                ? faults(content.path(type).path("schema"), answer.json())
                : List.of();
    }

    private List<String> faults(JsonNode schema, JsonNode body) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.path("components"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole).validate(body).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private JsonNode operation(String operation) {
        String[] parts = operation.split(" ", 2);
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            if (path.getKey().replaceAll("\\{\\w+}", "*").equals(parts[1])) {
                return path.getValue().path(parts[0].toLowerCase(Locale.ROOT));
            }
        }
        throw new AssertionError("not described: " + operation);
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }
}
