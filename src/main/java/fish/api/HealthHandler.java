package fish.api;

import fish.access.Need;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /health/…}. */
final class HealthHandler {
    private static final Set<String> LIVE_PARAMS = Set.of("timeout");
    private static final Set<String> READY_PARAMS = Set.of("timeout", "master", "verbose");

    private final Health health;

    HealthHandler(Health health) {
        this.health = health;
    }

    void live(Call call) {
        Params params = call.params(LIVE_PARAMS);
        call.deadlineNanos(params);
        text(call, 200, "ok\n");
    }

    void ready(Call call) {
        Params params = call.params(READY_PARAMS);
        call.deadlineNanos(params);
        boolean master = params.flag("master");
        boolean verbose = params.flag("verbose");
        // A node that starts, and may be filled for hours, tells how far it is before it knows its tokens.
        Optional<Problem> beyond = call.beyond(Need.ADMIN).filter(problem -> problem.code() != Code.STARTING);
        if (verbose && beyond.isPresent()) {
            throw beyond.get().exception();
        }
        List<Health.Check> checks = new ArrayList<>(health.checks());
        if (master) {
            checks.add(new Health.Check("office", health.master(), health.master() ? "" : "not the master in office"));
        }
        boolean ready = checks.stream().allMatch(Health.Check::ok);
        if (verbose) {
            if (!ready) {
                call.exchange().getResponseHeaders().put(Headers.RETRY_AFTER, "1");
            }
            text(call, ready ? 200 : 503, lines(checks));
        } else if (ready) {
            text(call, 200, "ok\n");
        } else {
            Code code = master && !health.master() ? Code.NO_MASTER : Code.STARTING;
            String why = beyond.isPresent()
                    ? "this node is not ready"
                    : lines(checks).strip().replace("\n", ", ");
            throw new Problem(code, why).exception();
        }
    }

    private static String lines(List<Health.Check> checks) {
        return checks.stream().map(HealthHandler::line).collect(Collectors.joining());
    }

    private static String line(Health.Check check) {
        String said = check.detail().isEmpty() ? (check.ok() ? "ok" : "failed") : check.detail();
        return (check.ok() ? "[+]" : "[-]") + check.name() + " " + said + "\n";
    }

    private static void text(Call call, int status, String text) {
        call.exchange().getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        call.send(status, text.getBytes(StandardCharsets.UTF_8));
    }
}
