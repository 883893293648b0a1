package fish.hostile;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code docs/http.md} says of errors, read from its table of codes, and whether answers keep to it. */
final class Documented {
    private static final Pattern ROW = Pattern.compile("\\| 15\\.\\d+ \\| (\\d{3}) \\| (`[^|]*) \\|.*");
    private static final Pattern CODE = Pattern.compile("`([a-z-]+)`");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What a group may say to anything while it has too much to do or no master. */
    private static final Set<Integer> BUSY = Set.of(408, 421, 429, 503, 504, 507);

    private static final Set<Integer> SUCCESS = Set.of(200, 201, 204, 304);

    private static final String READY = "/health/ready?";

    /** What readiness says of each check where it is asked to: row 11.4. */
    private static final String CHECKS = "(\\[[+-]\\].*\n)+";

    private final Map<Integer, Set<String>> codes = new HashMap<>();

    Documented() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path page = Path.of("docs", "http.md");
        Path parent = here.getParent();
        Path found = Files.exists(here.resolve(page)) || parent == null ? here : parent;
        for (String line : Files.readAllLines(found.resolve(page))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> of = codes.computeIfAbsent(Integer.parseInt(row.group(1)), any -> new HashSet<>());
                Matcher code = CODE.matcher(row.group(2));
                while (code.find()) {
                    of.add(code.group(1));
                }
            }
        }
        if (codes.size() < 10) {
            throw new IOException("no table of codes in " + page);
        }
    }

    /** What is wrong with an answer, if anything is. */
    Optional<String> fault(Shot shot, Wire.Answer answer) {
        int status = answer.status();
        if (!SUCCESS.contains(status) && !codes.containsKey(status)) {
            return Optional.of("a status that is not documented");
        }
        if (status == 500) {
            return Optional.of("an internal error");
        }
        if (!shot.statuses().isEmpty() && !shot.statuses().contains(status) && !BUSY.contains(status)) {
            return Optional.of("not one of " + new TreeSet<>(shot.statuses()));
        }
        if (status < 400 || shot.head()) {
            return Optional.empty();
        }
        if (status == 503 && shot.isTo("GET " + READY) && text(answer).matches(CHECKS)) {
            return Optional.empty();
        }
        return headersFault(answer).or(() -> problemFault(shot, answer));
    }

    private static String text(Wire.Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static Optional<String> headersFault(Wire.Answer answer) {
        int status = answer.status();
        if (!answer.header("content-type").equals("application/problem+json")) {
            return Optional.of("an error that is no problem+json");
        }
        if ((status == 429 || status == 503) && answer.header("retry-after").isEmpty()) {
            return Optional.of("no Retry-After");
        }
        if (status == 405 && answer.header("allow").isEmpty()) {
            return Optional.of("no Allow");
        }
        return Optional.empty();
    }

    private Optional<String> problemFault(Shot shot, Wire.Answer answer) {
        JsonNode problem;
        try {
            problem = JSON.readTree(answer.body());
        } catch (JacksonException e) {
            return Optional.of("a problem that is no JSON");
        } catch (IOException e) {
            return Optional.of("a problem that cannot be read: " + e);
        }
        String code = problem.path("code").asText();
        if (!codes.getOrDefault(answer.status(), Set.of()).contains(code)) {
            return Optional.of("a code that is not documented for its status");
        }
        if (problem.path("status").asInt() != answer.status()
                || problem.path("detail").asText().isEmpty()) {
            return Optional.of("a problem without status or detail");
        }
        return outcomeFault(shot, code, problem.path("outcome").asText());
    }

    private static Optional<String> outcomeFault(Shot shot, String code, String outcome) {
        String right = Set.of("unknown-outcome", "in-progress").contains(code) ? "unknown" : "not-applied";
        if (outcome.isEmpty()) {
            boolean missing = shot.outcome() == Shot.Outcome.ALWAYS && !code.equals("method-not-allowed");
            return missing ? Optional.of("a failed write without an outcome") : Optional.empty();
        }
        if (shot.outcome() == Shot.Outcome.NEVER) {
            return Optional.of("an outcome of what is no write");
        }
        return outcome.equals(right) ? Optional.empty() : Optional.of("not the outcome of " + code);
    }
}
