package fish.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.conf.ProgramException;
import fish.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fish txn}. */
@Command(name = "txn", description = "Runs a transaction, as POST /txn takes it: all or nothing.")
final class TxnCommand implements Callable<Integer> {
    /** Beyond what a node takes, which says so better. */
    private static final int BYTES_MAX = 32 << 20;

    private final ToolContext context;

    @Parameters(paramLabel = "FILE", description = "The transaction in JSON; -: standard input.")
    private String file;

    @Mixin
    private final WriteFlags flags = new WriteFlags();

    TxnCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        String body = Utf8.decode(context.input().all(file, BYTES_MAX))
                .orElseThrow(() -> ProgramException.failed("the transaction is not UTF-8"));
        String answer = context.client().txnJson(body, flags.options());
        Output out = context.out();
        if (out.isJson()) {
            out.bytes((answer.strip() + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            people(answer, out);
        }
        return 0;
    }

    private static void people(String answer, Output out) throws ProgramException {
        try {
            JsonNode root = new ObjectMapper().readTree(answer);
            if (!root.has("branch") || !root.has("revision")) {
                throw ProgramException.failed(
                        "bad-answer: that was no node's answer, and nobody knows what became of it");
            }
            out.line(out.styled(
                    Output.Style.BOLD,
                    root.path("branch").asText() + ", at revision "
                            + root.path("revision").asLong()));
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode result : root.path("results")) {
                for (Map.Entry<String, JsonNode> entry : result.properties()) {
                    JsonNode what = entry.getValue();
                    rows.add(List.of(entry.getKey(), what.path("key").asText(), did(entry.getKey(), what)));
                }
            }
            if (!rows.isEmpty()) {
                out.table(List.of("DID", "KEY", "RESULT"), rows);
            }
        } catch (JsonProcessingException e) {
            throw ProgramException.failed("the answer is not JSON: " + e.getOriginalMessage())
                    .because(e);
        }
    }

    private static String did(String operation, JsonNode what) {
        if (operation.equals("delete")) {
            return what.path("deleted").asBoolean() ? "deleted" : "there was none";
        }
        if (!what.path("exists").asBoolean(true)) {
            return "there is none";
        }
        if (what.has("json")) {
            return Printable.of(what.path("json").toString(), ListCommand.VALUE_CHARS_MAX);
        }
        if (what.has("text")) {
            return Printable.of(what.path("text").asText(), ListCommand.VALUE_CHARS_MAX);
        }
        String expires = what.has("expires") ? ", ends " + what.path("expires").asText() : "";
        return what.has("base64")
                ? "(bytes; --json shows them)"
                : "revision " + what.path("revision").asLong() + expires;
    }
}
