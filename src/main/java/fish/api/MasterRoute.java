package fish.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import fish.json.Utf8;
import java.io.IOException;
import java.util.Set;

/** {@code POST /cluster/master}: what asks for the mastership to be handed over. */
public final class MasterRoute {
    public static final String PATH = "/cluster/master";

    private static final int BODY_BYTES_MAX = 4096;

    /** Hands over, or has it done; answers the call, on any thread. Neither blocks nor throws. */
    public interface MasterTransfer {
        void to(String node, Call call, long deadlineNanos);
    }

    private final MasterTransfer transfer;

    MasterRoute(MasterTransfer transfer) {
        this.transfer = transfer;
    }

    void transfer(Call call) {
        Params params = call.params(Set.of("timeout"));
        long deadline = call.deadlineNanos(params);
        call.body(BODY_BYTES_MAX, body -> {
            String node = node(body);
            call.await(
                    deadline,
                    () -> new Problem(Code.NO_MASTER, "the mastership was not handed over in time"),
                    () -> transfer.to(node, call, deadline));
        });
    }

    /** The answer when it is done. */
    public static byte[] done(String node) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("master", node);
            g.writeEndObject();
        });
    }

    /** The request, as it is sent on. */
    public static byte[] request(String node) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("node", node);
            g.writeEndObject();
        });
    }

    private static String node(byte[] body) {
        String form = "the body is {\"node\":\"NAME\"}";
        try (JsonParser parser = Json.parser(Utf8.decode(body).orElse(""))) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT
                    && parser.nextToken() == JsonToken.FIELD_NAME
                    && parser.currentName().equals("node")
                    && parser.nextToken() == JsonToken.VALUE_STRING;
            String node = object ? parser.getText() : "";
            if (!object || parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new Problem(Code.BAD_JSON, form).exception();
            }
            return node;
        } catch (IOException e) {
            throw new Problem(Code.BAD_JSON, form).exception();
        }
    }
}
