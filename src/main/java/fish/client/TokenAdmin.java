package fish.client;

import fish.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes, lists and removes the tokens of a group, with an admin's. Each change is sent once. Thread-safe. */
public final class TokenAdmin {
    private static final String PATH = "/tokens";
    private static final byte[] NOTHING = {};

    /**
     * One token, as it is listed.
     *
     * @param prefixes of the keys that it is for; none: all keys
     * @param expires RFC 3339; empty: never
     */
    public record Listed(String name, String role, List<String> prefixes, String expires) {
        public Listed {
            prefixes = List.copyOf(prefixes);
        }
    }

    private final Caller caller;
    private final Duration timeout;

    TokenAdmin(Caller caller, Duration timeout) {
        this.caller = caller;
        this.timeout = timeout;
    }

    /**
     * Makes one, and says it: it cannot be had again.
     *
     * @param role {@code read}, {@code write} or {@code admin}
     * @param prefixes of the keys that it is for; none: all keys
     * @param ttl how long it lives; zero: for ever
     * @throws FishException that says so where it may exist all the same, and can be removed by its name
     */
    public String add(String name, String role, List<String> prefixes, Duration ttl) {
        byte[] body = Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("name", name);
            g.writeStringField("role", role);
            if (!prefixes.isEmpty()) {
                g.writeArrayFieldStart("prefixes");
                for (String prefix : prefixes) {
                    g.writeString(prefix);
                }
                g.writeEndArray();
            }
            if (!ttl.isZero()) {
                g.writeStringField("ttl", ttl.toMillis() + "ms");
            }
            g.writeEndObject();
        });
        Request request = new Request("POST", PATH, Map.of(), Map.of(), body, "", Set.of(201), timeout, true);
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> token(answer));
    }

    private static String token(Answer answer) throws IOException {
        String[] token = {""};
        return JsonIn.read(answer.text(), in -> {
            in.object(member -> {
                if (member.equals("token")) {
                    token[0] = in.text();
                } else {
                    in.skip();
                }
            });
            return token[0];
        });
    }

    /** All that have not ended, by name. */
    public List<Listed> list() {
        Request request = Request.get(PATH, Map.of(), Set.of(200), timeout);
        Answer answer = caller.call(request);
        return caller.parsed(request, () -> JsonIn.read(answer.text(), TokenAdmin::listed));
    }

    private static List<Listed> listed(JsonIn in) throws IOException {
        List<Listed> all = new ArrayList<>();
        in.object(member -> {
            if (member.equals("tokens")) {
                in.elements(() -> all.add(one(in)));
            } else {
                in.skip();
            }
        });
        return all;
    }

    private static Listed one(JsonIn in) throws IOException {
        String[] texts = {"", "", ""};
        List<String> prefixes = new ArrayList<>();
        in.object(member -> {
            switch (member) {
                case "name" -> texts[0] = in.text();
                case "role" -> texts[1] = in.text();
                case "expires" -> texts[2] = in.text();
                case "prefixes" -> in.elements(() -> prefixes.add(in.text()));
                default -> in.skip();
            }
        });
        return new Listed(texts[0], texts[1], prefixes, texts[2]);
    }

    /**
     * Removes one.
     *
     * @param force also the last of all, after which the group is open to everybody
     * @return false: there is none of this name
     */
    public boolean remove(String name, boolean force) {
        Map<String, String> params = force ? Map.of("force", "true") : Map.of();
        Request request = new Request(
                "DELETE", PATH + "/" + name, params, Map.of(), NOTHING, "", Set.of(200, 404), timeout, true);
        return caller.call(request).status() == 200;
    }
}
