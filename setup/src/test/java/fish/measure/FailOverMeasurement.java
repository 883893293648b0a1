package fish.measure;

import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Programs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a client notices of a fail-over: one writer through a front-end every 5 ms while the master is
 * killed, paused, or transfers the mastership; the longest time between two successes of each round, and every error
 * that was answered. {@code bin/measure fail-over [KILLS [PAUSES [HAND-OVERS]]]}.
 */
public final class FailOverMeasurement {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Duration WHOLE_MAX = Duration.ofSeconds(90);
    private static final Duration CALM = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(5);
    private static final Duration PAUSED = Duration.ofSeconds(15);

    private final FishGroup group;

    private FailOverMeasurement(FishGroup group) {
        this.group = group;
    }

    private enum What {
        KILL,
        PAUSE,
        HAND_OVER
    }

    public static void main(String[] arguments) throws Exception {
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 1)) {
            group.start(START_MAX);
            FailOverMeasurement measurement = new FailOverMeasurement(group);
            measurement.measure(What.KILL, argument(arguments, 0, 20));
            measurement.measure(What.PAUSE, argument(arguments, 1, 3));
            measurement.measure(What.HAND_OVER, argument(arguments, 2, 5));
        }
    }

    static int argument(String[] arguments, int index, int standard) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : standard;
    }

    private void measure(What what, int rounds) throws Exception {
        List<Double> gaps = new ArrayList<>();
        int errors = 0;
        for (int i = 0; i < rounds; i++) {
            awaitWhole();
            try (SteadyWriter writer =
                    new SteadyWriter(HttpProbe.of(group.front(0).http(), ANSWER_MAX))) {
                writer.start();
                Eventually.pause(CALM);
                disturb(what);
                gaps.add(writer.end().toNanos() / 1e9);
                errors += writer.errors().size();
                writer.errors().forEach(error -> System.out.println("  answered " + error));
            }
            System.out.printf(Locale.ROOT, "%s %d: longest gap %.2f s%n", what, i + 1, gaps.get(i));
        }
        if (!gaps.isEmpty()) {
            Collections.sort(gaps);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %d rounds, median %.2f s, worst %.2f s, %d errors answered%n",
                    what,
                    rounds,
                    gaps.get(gaps.size() / 2),
                    gaps.get(gaps.size() - 1),
                    errors);
        }
    }

    private void disturb(What what) throws Exception {
        FishNode master = group.master(WHOLE_MAX);
        switch (what) {
            case KILL -> {
                master.program().kill9();
                Eventually.pause(AFTER);
                master.start();
            }
            case PAUSE -> {
                master.program().pause();
                Eventually.pause(PAUSED);
                master.program().resume();
            }
            case HAND_OVER -> {
                FishNode next = group.backs().stream()
                        .filter(node -> node != master)
                        .findFirst()
                        .orElseThrow();
                HttpAnswer answer = HttpProbe.of(group.front(0).http(), ANSWER_MAX)
                        .request("POST", "/cluster/master")
                        .body(("{\"node\":\"" + next.name() + "\"}").getBytes(StandardCharsets.UTF_8))
                        .send();
                System.out.println("  " + answer.status() + " " + answer.text());
                Eventually.pause(AFTER);
            }
        }
    }

    /** Until every node has what is written. */
    private void awaitWhole() throws Exception {
        HttpProbe probe = HttpProbe.of(group.front(0).http(), ANSWER_MAX);
        Eventually.eventually(WHOLE_MAX, () -> {
            int status =
                    probe.put("whole", "x").param("durability", "all").send().status();
            if (status >= 300) {
                throw new AssertionError("not whole yet: " + status);
            }
        });
    }
}
