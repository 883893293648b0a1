package fish.api;

import fish.kv.Condition;
import fish.kv.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** One entry of {@code if}: a key, and every test of it. */
final class ConditionJson {
    private final TxnJson json;
    private final List<Key> key = new ArrayList<>(1);

    /** The key may come after its tests. */
    private final List<Function<Key, Condition>> tests = new ArrayList<>();

    ConditionJson(TxnJson json) {
        this.json = json;
    }

    void member(String name) throws IOException {
        switch (name) {
            case "key" -> key.add(json.key());
            case "revision" -> {
                Set<Long> revision = Set.of(json.revision());
                tests.add(k -> new Condition.RevisionIn(k, revision, true));
            }
            case "exists" -> {
                boolean expected = json.bool();
                tests.add(k -> new Condition.Exists(k, expected));
            }
            case "json" -> {
                String value = new String(json.json(), StandardCharsets.UTF_8);
                tests.add(k -> new Condition.JsonIs(k, value));
            }
            case "text" -> bytes(json.utf8());
            case "base64" -> bytes(json.base64());
            default -> throw json.unknown(name, "a condition has key and revision, exists, json, text or base64");
        }
    }

    private void bytes(byte[] value) {
        tests.add(k -> new Condition.BytesAre(k, value));
    }

    List<Condition> conditions() {
        if (key.isEmpty()) {
            throw json.bad("'key' is missing");
        }
        if (tests.isEmpty()) {
            throw json.bad("a condition has a test: revision, exists, json, text or base64");
        }
        return tests.stream().map(test -> test.apply(key.get(0))).toList();
    }
}
