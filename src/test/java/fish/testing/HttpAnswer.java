package fish.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** What a node answered. Immutable, but for the bytes of the body. */
public final class HttpAnswer {
    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    HttpAnswer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public int status() {
        return status;
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    public HttpHeaders headers() {
        return headers;
    }

    /** Empty where there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Not a copy. */
    public byte[] body() {
        return body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** A missing node where the body is no JSON. */
    public JsonNode json() {
        try {
            return JsonMapper.builder().build().readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** The problem's {@code code}; empty where there is none. */
    public String code() {
        return json().path("code").asText();
    }

    /** The problem's {@code outcome}; empty where there is none. */
    public String outcome() {
        return json().path("outcome").asText();
    }

    /** From {@code Fish-Revision}, else from the {@code ETag}; 0 where there is neither. */
    public long revision() {
        String tag = header("Fish-Revision").isEmpty() ? header("ETag").replace("\"", "") : header("Fish-Revision");
        return tag.isEmpty() ? 0 : Long.parseLong(tag);
    }

    @Override
    public String toString() {
        return status + " " + text();
    }
}
