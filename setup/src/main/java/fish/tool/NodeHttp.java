package fish.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.client.ClientConfig;
import fish.conf.ProgramException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;

/**
 * Asks one node, this and no other, for what is about that node. Nothing waits for longer than a minute for the next byte.
 * Thread-safe.
 */
final class NodeHttp {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final int OK = 200;

    private final ObjectMapper json = new ObjectMapper();
    private final ClientConfig config;

    /** With the token that the command line names. */
    NodeHttp(ToolContext context) throws ProgramException {
        this.config = context.config();
    }

    /** The front-ends that the command line names. */
    List<URI> frontEnds() {
        return config.frontEnds();
    }

    /** An answer as it comes. To be closed. */
    static final class Streamed implements AutoCloseable {
        private final HttpURLConnection connection;
        final InputStream body;

        private Streamed(HttpURLConnection connection, InputStream body) {
            this.connection = connection;
            this.body = body;
        }

        /** Of this header; 0 where there is none. */
        long number(String header) {
            return connection.getHeaderFieldLong(header, 0);
        }

        @Override
        public void close() {
            // Not the body: that would read on to its end.
            connection.disconnect();
        }
    }

    private HttpURLConnection open(URI url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure && config.trust() != null) {
            secure.setSSLSocketFactory(config.trust().getSocketFactory());
        }
        return connection;
    }

    /**
     * Begins to read an answer of any size.
     *
     * @throws NodeFailedException if there is no 200
     */
    Streamed stream(URI node, String target) throws NodeFailedException {
        HttpURLConnection connection = null;
        try {
            connection = open(node.resolve(target));
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) CONNECT.toMillis());
            connection.setReadTimeout((int) SILENCE.toMillis());
            if (!config.token().isEmpty()) {
                connection.setRequestProperty("Authorization", "Bearer " + config.token());
            }
            if (connection.getResponseCode() != OK) {
                throw refused(connection);
            }
            return new Streamed(connection, connection.getInputStream());
        } catch (IOException e) {
            if (connection != null) {
                connection.disconnect();
            }
            throw new NodeFailedException("no-connection", "no answer: " + e.getMessage(), e);
        }
    }

    /**
     * A whole answer in JSON.
     *
     * @throws NodeFailedException if there is none
     */
    JsonNode get(URI node, String target) throws NodeFailedException {
        try (Streamed answer = stream(node, target)) {
            return json.readTree(answer.body.readNBytes(ANSWER_BYTES_MAX));
        } catch (JsonProcessingException e) {
            throw new NodeFailedException("bad-answer", "it does not answer as a node of Fish does", e);
        } catch (IOException e) {
            throw new NodeFailedException("no-connection", "the answer broke off: " + e.getMessage(), e);
        }
    }

    private NodeFailedException refused(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream problem = connection.getErrorStream()) {
            JsonNode said = problem == null ? json.createObjectNode() : json.readTree(problem.readNBytes(64 << 10));
            return new NodeFailedException(
                    said.path("code").asText("status " + status),
                    said.path("detail").asText("status " + status),
                    null);
        } catch (JsonProcessingException e) {
            return new NodeFailedException("bad-answer", "status " + status, e);
        }
    }
}
