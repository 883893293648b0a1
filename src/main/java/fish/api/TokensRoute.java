package fish.api;

import fish.access.Tokens;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Idempotency;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.RequestIds;
import fish.kv.Service;
import fish.kv.Token;
import fish.kv.Txn;
import fish.kv.Write;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** {@code /tokens}: who may do what. */
final class TokensRoute {
    static final String PATH = "/tokens";

    private static final int BODY_BYTES_MAX = 256 << 10;

    /** How long whoever changed a token waits for the node's own copy to show it. */
    private static final long OWN_COPY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String FORCE = "force";

    private final Service service;
    private final RequestIds ids;
    private final Tokens tokens;

    TokensRoute(Service service, RequestIds ids, Tokens tokens) {
        this.service = service;
        this.ids = ids;
        this.tokens = tokens;
    }

    void add(Call call) {
        Params params = call.params(Set.of("timeout"));
        long deadline = call.deadlineNanos(params);
        call.body(BODY_BYTES_MAX, body -> {
            String text = tokens.make();
            Token token = TokenJson.parse(body, text);
            change(call, new Operation.AddToken(token), deadline, () -> call.json(201, added(token.name(), text)));
        });
    }

    void remove(Call call) {
        Params params = call.params(Set.of("timeout", FORCE));
        long deadline = call.deadlineNanos(params);
        boolean force = params.flag(FORCE);
        String name = call.rest();
        if (!Token.isName(name)) {
            throw new Problem(Code.NOT_FOUND, "no token can have this name").exception();
        }
        change(call, new Operation.RemoveToken(name, force), deadline, () -> call.json(200, removed(name)));
    }

    private void change(Call call, Operation change, long deadline, Runnable done) {
        Write write = new Write(Txn.of(change), Durability.QUORUM, deadline, ids.next(), false, 0, Idempotency.NONE)
                .by(call.grant().asker());
        call.await(
                deadline,
                () -> new Problem(Code.UNKNOWN_OUTCOME, "no answer in time"),
                () -> service.write(write, outcome -> changed(call, outcome, deadline, done)));
    }

    private void changed(Call call, Outcome outcome, long deadline, Runnable done) {
        if (outcome instanceof Outcome.Committed committed) {
            whenHeld(committed.result().revision(), deadline, () -> call.answer(done));
        } else if (outcome instanceof Outcome.Refused refused) {
            call.answer(() -> call.problem(Statuses.problem(refused)));
        } else {
            call.answer(() -> call.problem(Statuses.problem((Outcome.Unknown) outcome)));
        }
    }

    /** Its own copy may be a little behind; who has a token wants to use it, and who has removed one wants it gone. */
    private void whenHeld(long revision, long deadline, Runnable then) {
        long end = Math.min(deadline, System.nanoTime() + OWN_COPY_NANOS);
        service.read(ownCopyAt(revision, end), held -> {
            tokens.refresh();
            then.run();
        });
    }

    private static Read ownCopyAt(long revision, long deadline) {
        return new Read(Query.Reads.NOTHING, Consistency.LOCAL, revision, Read.ANY_LAG, deadline);
    }

    void list(Call call) {
        Params params = call.params(Set.of("timeout"));
        long deadline = call.deadlineNanos(params);
        call.await(
                deadline,
                () -> new Problem(Code.NO_MASTER, "no answer in time"),
                () -> service.read(
                        Read.of(Query.Reads.NOTHING, Consistency.STRONG, deadline),
                        outcome -> listed(call, outcome, deadline)));
    }

    private void listed(Call call, ReadOutcome outcome, long deadline) {
        if (outcome instanceof ReadOutcome.Found found) {
            service.read(
                    ownCopyAt(found.result().revision(), deadline),
                    held -> call.answer(() -> {
                        if (held instanceof ReadOutcome.Failed failed) {
                            call.problem(Statuses.problem(failed));
                        } else {
                            tokens.refresh();
                            call.json(200, listed());
                        }
                    }));
        } else if (outcome instanceof ReadOutcome.Failed failed) {
            call.answer(() -> call.problem(Statuses.problem(failed)));
        }
    }

    private byte[] listed() {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeArrayFieldStart("tokens");
            for (Token token : tokens.list()) {
                g.writeStartObject();
                g.writeStringField("name", token.name());
                g.writeStringField("role", token.role().name().toLowerCase(Locale.ROOT));
                if (!token.scope().isAll()) {
                    g.writeArrayFieldStart("prefixes");
                    for (byte[] prefix : token.scope().prefixes()) {
                        g.writeString(new String(prefix, StandardCharsets.UTF_8));
                    }
                    g.writeEndArray();
                }
                if (token.ends()) {
                    g.writeStringField(
                            "expires",
                            Instant.ofEpochMilli(token.expiresAtMillis()).toString());
                }
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    private static byte[] added(String name, String text) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("name", name);
            g.writeStringField("token", text);
            g.writeEndObject();
        });
    }

    private static byte[] removed(String name) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("name", name);
            g.writeBooleanField("deleted", true);
            g.writeEndObject();
        });
    }
}
