package fish.client;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.json.Json;
import fish.json.Utf8;
import fish.kv.Condition;
import fish.kv.Operation;
import fish.kv.Txn;
import fish.kv.Value;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Writes a transaction as {@code POST /txn} takes it. */
final class TxnText {
    private TxnText() {}

    /** @throws IllegalArgumentException where it holds more than the contract can say */
    static byte[] of(Txn txn) {
        requireEntries(txn.conditions());
        requireEntries(txn.then());
        requireEntries(txn.otherwise());
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeArrayFieldStart("if");
            for (Condition condition : txn.conditions()) {
                write(g, condition);
            }
            g.writeEndArray();
            write(g, "then", txn.then());
            write(g, "else", txn.otherwise());
            g.writeEndObject();
        });
    }

    private static void requireEntries(List<?> list) {
        if (list.size() > Txn.ENTRIES_MAX) {
            throw new IllegalArgumentException("a transaction has at most " + Txn.ENTRIES_MAX + " entries in a list");
        }
    }

    private static void write(JsonGenerator g, Condition condition) throws IOException {
        g.writeStartObject();
        g.writeStringField("key", condition.key().toString());
        if (condition instanceof Condition.Exists exists) {
            g.writeBooleanField("exists", exists.expected());
        } else if (condition instanceof Condition.BytesAre bytes) {
            g.writeBinaryField("base64", bytes.bytes());
        } else if (condition instanceof Condition.JsonIs is) {
            if (!Json.valid(is.json())) {
                throw new IllegalArgumentException("this is not JSON");
            }
            g.writeFieldName("json");
            g.writeRawValue(is.json());
        } else if (condition instanceof Condition.RevisionIn in
                && in.expected()
                && in.revisions().size() == 1) {
            g.writeNumberField("revision", in.revisions().iterator().next());
        } else {
            throw new IllegalArgumentException("a condition on a revision is that it is this one");
        }
        g.writeEndObject();
    }

    private static void write(JsonGenerator g, String branch, List<Operation> operations) throws IOException {
        g.writeArrayFieldStart(branch);
        for (Operation operation : operations) {
            g.writeStartObject();
            if (operation instanceof Operation.Put put) {
                g.writeObjectFieldStart("put");
                g.writeStringField("key", put.key().toString());
                value(g, put.value());
                if (put.ttlMillis() != Operation.NO_TTL) {
                    g.writeStringField("ttl", put.ttlMillis() + "ms");
                }
            } else if (operation instanceof Operation.Touch touch) {
                g.writeObjectFieldStart("touch");
                g.writeStringField("key", touch.key().toString());
                g.writeStringField("ttl", RequestTarget.ttl(touch.ttlMillis()));
            } else if (operation instanceof Operation.Delete delete) {
                g.writeObjectFieldStart("delete");
                g.writeStringField("key", delete.key().toString());
            } else if (operation instanceof Operation.Get get) {
                g.writeObjectFieldStart("get");
                g.writeStringField("key", get.key().toString());
            } else {
                throw new IllegalArgumentException("a range is deleted by a request of its own");
            }
            g.writeEndObject();
            g.writeEndObject();
        }
        g.writeEndArray();
    }

    /** As text where it can be: that is shorter, and {@code contentType} says what it really is. */
    private static void value(JsonGenerator g, Value value) throws IOException {
        Optional<String> text = value.contentType().isEmpty() ? Optional.empty() : Utf8.decode(value.bytes());
        if (text.isPresent()) {
            g.writeStringField("text", text.get());
        } else {
            g.writeBinaryField("base64", value.bytes());
        }
        if (!value.contentType().isEmpty()) {
            g.writeStringField("contentType", value.contentType());
        }
        if (!value.contentEncoding().isEmpty()) {
            g.writeStringField("contentEncoding", value.contentEncoding());
        }
    }
}
