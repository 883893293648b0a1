package fish.hostile;

import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The well-behaved one: puts small records, gets them, and remembers what it was told and how long that
 * took. Of its latest {@value #KEYS} keys each may hold what was acknowledged last, or what ended unknown.
 */
final class SteadyClient extends Attack {
    private static final int KEYS = 20_000;
    private static final String ABSENT = "";
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final HttpProbe probe;
    private final Map<String, Set<String>> mayHold = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();
    private final Set<String> refusals = ConcurrentHashMap.newKeySet();
    private long puts;
    private long refused;

    SteadyClient(Arms arms, URI front) {
        super(arms);
        this.probe = HttpProbe.of(front, ANSWER_MAX);
    }

    Latencies latencies() {
        return latencies;
    }

    /** Requests that were not carried out, though they could have been a moment later. */
    long refused() {
        return refused;
    }

    /** Some of what was answered then. */
    Set<String> refusals() {
        return refusals;
    }

    long puts() {
        return puts;
    }

    @Override
    void strike() {
        String key = "good/" + puts % KEYS;
        String value = "value " + puts++;
        Set<String> may = mayHold.computeIfAbsent(key, any -> new HashSet<>(Set.of(ABSENT)));
        long began = System.nanoTime();
        try {
            HttpAnswer answer = probe.put(key, value).send();
            if (answer.isSuccess()) {
                may.clear();
                may.add(value);
            } else {
                refused(answer);
                if (!answer.outcome().equals("not-applied")) {
                    may.add(value);
                }
            }
        } catch (IOException e) {
            may.add(value);
            lost(e);
        }
        latencies.add(System.nanoTime() - began);
        get(key, may);
    }

    private void get(String key, Set<String> may) {
        long began = System.nanoTime();
        try {
            HttpAnswer answer = probe.get(key).send();
            if (answer.status() != 200 && answer.status() != 404) {
                refused(answer);
            } else {
                judge(key, may, answer);
            }
        } catch (IOException e) {
            lost(e);
        }
        latencies.add(System.nanoTime() - began);
    }

    private void judge(String key, Set<String> may, HttpAnswer answer) {
        String held = answer.status() == 404 ? ABSENT : answer.text();
        if (!may.contains(held)) {
            findings.wrong("a wrong answer", key + " may hold " + may + " and was answered " + answer);
        }
    }

    private void refused(HttpAnswer answer) {
        refused++;
        if (refusals.size() < 10) {
            refusals.add(answer.toString().replaceAll("[0-9]+(\\.[0-9]+)?", "N"));
        }
        if (!Set.of(429, 503, 504).contains(answer.status())) {
            findings.wrong("a good request refused", answer.toString());
        }
    }

    private void lost(IOException e) {
        refused++;
        findings.wrong("a good request without an answer", e.toString());
    }

    /** Reads every key, once all is quiet. */
    void verify() {
        mayHold.forEach((key, may) -> {
            HttpAnswer answer = Eventually.eventuallyGet(Duration.ofSeconds(30), () -> {
                HttpAnswer got = probe.get(key).send();
                if (got.status() != 200 && got.status() != 404) {
                    throw new AssertionError("cannot read " + key + ": " + got);
                }
                return got;
            });
            judge(key, may, answer);
        });
    }
}
