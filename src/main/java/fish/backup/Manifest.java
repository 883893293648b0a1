package fish.backup;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import fish.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What a backup holds.
 *
 * @param revision every commit up to it is there; some that came while the copy was begun may be, too
 * @param durable whether all that is there was on the disks of a majority; else a commit among the last may be one that
 *     its group has undone later
 * @param files how many log files
 * @param bytes of them together
 */
public record Manifest(Origin origin, long revision, boolean durable, int files, long bytes) {
    /** Of the whole file; what is of another one cannot be read. */
    private static final int FORMAT = 1;

    /**
     * Where it comes from.
     *
     * @param fish the version of the program
     * @param type of the node: {@code electable} or {@code secondary}
     */
    public record Origin(String fish, String group, String node, String type, Instant taken) {}

    byte[] toJson() {
        byte[] json = Json.bytes(g -> {
            g.writeStartObject();
            g.writeNumberField("format", FORMAT);
            g.writeStringField("fish", origin.fish);
            g.writeStringField("group", origin.group);
            g.writeStringField("node", origin.node);
            g.writeStringField("type", origin.type);
            g.writeStringField("taken", origin.taken.toString());
            g.writeNumberField("revision", revision);
            g.writeBooleanField("durable", durable);
            g.writeNumberField("files", files);
            g.writeNumberField("bytes", bytes);
            g.writeEndObject();
        });
        return (new String(json, StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Members that it does not know are left out.
     *
     * @throws IOException if it is none, or of another format
     */
    static Manifest fromJson(byte[] json) throws IOException {
        Map<String, String> members = members(new String(json, StandardCharsets.UTF_8));
        try {
            if (!members.getOrDefault("format", "").equals("" + FORMAT)) {
                throw new IOException("it is of format " + members.get("format") + "; this program knows " + FORMAT);
            }
            Origin origin = new Origin(
                    member(members, "fish"),
                    member(members, "group"),
                    member(members, "node"),
                    member(members, "type"),
                    Instant.parse(member(members, "taken")));
            return new Manifest(
                    origin,
                    Long.parseLong(member(members, "revision")),
                    Boolean.parseBoolean(member(members, "durable")),
                    Integer.parseInt(member(members, "files")),
                    Long.parseLong(member(members, "bytes")));
        } catch (NumberFormatException | DateTimeException e) {
            throw new IOException("its manifest cannot be read: " + e.getMessage(), e);
        }
    }

    private static String member(Map<String, String> members, String name) throws IOException {
        String value = members.get(name);
        if (value == null) {
            throw new IOException("its manifest has no " + name);
        }
        return value;
    }

    private static Map<String, String> members(String json) throws IOException {
        Map<String, String> members = new HashMap<>();
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("its manifest cannot be read");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (parser.nextToken().isScalarValue()) {
                    members.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return members;
    }
}
