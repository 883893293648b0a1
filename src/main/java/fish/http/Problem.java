package fish.http;

import fish.contract.Code;
import fish.json.Json;
import java.util.Map;

/**
 * What a client is told when a request fails (RFC 9457).
 *
 * @param detail a sentence
 * @param members what else belongs to it, by name: strings and numbers
 */
public record Problem(Code code, String detail, Map<String, Object> members) {
    public Problem {
        members = Map.copyOf(members);
    }

    public Problem(Code code, String detail) {
        this(code, detail, Map.of());
    }

    /** This problem as something to throw. */
    public ProblemException exception() {
        return new ProblemException(this);
    }

    public static ProblemException badRequest(String detail) {
        return new Problem(Code.BAD_REQUEST, detail).exception();
    }

    public static ProblemException badParameter(String name, String detail) {
        return new Problem(Code.BAD_PARAMETER, "parameter '" + name + "' " + detail).exception();
    }

    byte[] json(String outcome) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("type", "about:blank");
            g.writeStringField("title", code.title());
            g.writeNumberField("status", code.status());
            g.writeStringField("code", code.text());
            g.writeStringField("detail", detail);
            if (!outcome.isEmpty()) {
                g.writeStringField("outcome", outcome);
            }
            for (Map.Entry<String, Object> member : members.entrySet()) {
                g.writeObjectField(member.getKey(), member.getValue());
            }
            g.writeEndObject();
        });
    }
}
