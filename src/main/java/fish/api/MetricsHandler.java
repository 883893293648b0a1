package fish.api;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.access.Need;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import fish.metrics.Metrics;
import fish.metrics.TimeSeries;
import fish.run.RecentEvents;
import io.undertow.util.Headers;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code GET /metrics}, and {@code GET /metrics/history}, which shows the last minutes and hour. */
final class MetricsHandler {
    private static final Set<String> TEXT_PARAMS = Set.of("timeout");
    private static final Set<String> HISTORY_PARAMS = Set.of("step", "since", "timeout");

    /** Five digits are more than can be seen, and half of the bytes. */
    private static final MathContext DIGITS = new MathContext(5);

    private static final long SECONDS_MAX = 253_402_300_799L; // the year 9999
    private static final int MILLI_DIGITS = 3;

    private final MetricsSource source;

    MetricsHandler(MetricsSource source) {
        this.source = source;
    }

    void text(Call call) {
        Params params = call.params(TEXT_PARAMS);
        call.await(
                call.deadlineNanos(params),
                MetricsHandler::late,
                () -> source.text(text -> call.answer(() -> {
                    call.exchange().getResponseHeaders().put(Headers.CONTENT_TYPE, Metrics.contentType());
                    call.sendHeld(200, text);
                })));
    }

    void history(Call call) {
        Params params = call.params(HISTORY_PARAMS);
        String step = params.has("step") ? params.text("step") : "5s";
        if (!step.equals("1s") && !step.equals("5s")) {
            throw Problem.badParameter("step", "is 1s, of the last minutes, or 5s, of the last hour");
        }
        long since = params.number("since", 0, SECONDS_MAX, 0);
        call.await(
                call.deadlineNanos(params),
                MetricsHandler::late,
                () -> source.history(
                        step.equals("1s"),
                        since * 1000,
                        history -> call.answer(() -> {
                            boolean all = call.beyond(Need.ADMIN).isEmpty();
                            call.jsonHeld(json(history, all ? history.events() : List.of()));
                        })));
    }

    private static Problem late() {
        return new Problem(Code.STARTING, "the metrics could not be read in time");
    }

    /** @param events who, where and why: of the group, and for its admins alone */
    private static byte[] json(MetricsSource.History history, List<RecentEvents.Event> events) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("node", history.node());
            g.writeNumberField("step", history.stepSeconds());
            g.writeArrayFieldStart("times");
            for (long millis : history.points().millis()) {
                g.writeNumber(BigDecimal.valueOf(millis, MILLI_DIGITS).toPlainString());
            }
            g.writeEndArray();
            writeSeries(g, history.points(), history.states());
            g.writeArrayFieldStart("events");
            for (RecentEvents.Event event : events) {
                write(g, event);
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    private static void writeSeries(JsonGenerator g, TimeSeries.Points points, List<String> states) throws IOException {
        g.writeObjectFieldStart("series");
        for (Map.Entry<String, double[]> series : points.values().entrySet()) {
            g.writeArrayFieldStart(series.getKey());
            boolean role = series.getKey().equals(MetricsSource.History.ROLE);
            for (double value : series.getValue()) {
                if (Double.isNaN(value)) {
                    g.writeNull();
                } else if (role) {
                    g.writeString(states.get((int) value));
                } else {
                    g.writeNumber(rounded(value));
                }
            }
            g.writeEndArray();
        }
        g.writeEndObject();
    }

    private static String rounded(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return new BigDecimal(value).round(DIGITS).toPlainString();
    }

    private static void write(JsonGenerator g, RecentEvents.Event event) throws IOException {
        g.writeStartObject();
        g.writeNumberField("number", event.number());
        g.writeStringField("time", event.time().toString());
        g.writeStringField("event", event.name());
        g.writeObjectFieldStart("fields");
        for (Map.Entry<String, String> field : event.fields().entrySet()) {
            g.writeStringField(field.getKey(), field.getValue());
        }
        g.writeEndObject();
        g.writeEndObject();
    }
}
