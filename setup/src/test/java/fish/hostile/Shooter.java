package fish.hostile;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/** Sends requests over connections that it keeps for a while, and looks at each answer. */
final class Shooter extends Attack {
    /** Longer than any request of these may take. */
    private static final Duration CONNECTION_MAX = Duration.ofSeconds(25);

    private static final int SHOTS_MAX = 20;
    private static final int PIPELINE_MAX = 8;

    private final Documented documented;
    private final List<URI> nodes;
    private final Supplier<Shot> shots;
    private final RequestMaker maker;
    private final ScheduledExecutorService timer;
    private long shot;

    /**
     * @param nodes one is drawn for each connection
     * @param maker told what lists answer
     */
    Shooter(Attack.Arms arms, List<URI> nodes, Supplier<Shot> shots, RequestMaker maker) {
        super(arms);
        this.documented = arms.documented();
        this.timer = arms.timer();
        this.nodes = List.copyOf(nodes);
        this.shots = shots;
        this.maker = maker;
    }

    @Override
    void strike() throws IOException {
        URI to = chance.pick(nodes);
        try (Wire wire = new Wire(to, CONNECTION_MAX, timer)) {
            for (int i = 1 + chance.below(SHOTS_MAX); i > 0 && !isClosed(); i--) {
                Shot next = shots.get();
                shot++;
                Optional<Wire.Answer> answer = shoot(wire, to, next, false);
                if (answer.isEmpty()
                        || wire.isBrokenOff()
                        || answer.get().header("connection").equalsIgnoreCase("close")) {
                    return;
                }
            }
            pipeline(wire, to);
        }
    }

    private void pipeline(Wire wire, URI to) throws IOException {
        Shot one = Shot.request("GET", "/kv/" + chance.key());
        int count = chance.below(PIPELINE_MAX);
        for (int i = 0; i < count; i++) {
            wire.send(one.bytes());
        }
        for (int i = 0; i < count; i++) {
            judge(to, one, wire.read(false));
        }
    }

    /** A connection that is kept may be closed any time by the node; one that is new must be answered. */
    private Optional<Wire.Answer> shoot(Wire wire, URI to, Shot next, boolean fresh) throws IOException {
        try {
            wire.send(next.bytes());
        } catch (IOException e) {
            // What was answered before it stopped listening is still there.
            findings.count("sending was cut off");
        }
        try {
            Wire.Answer answer = wire.read(next.head());
            judge(to, next, answer);
            return Optional.of(answer);
        } catch (MalformedAnswerException e) {
            findings.wrong("not HTTP", place(to, next) + " " + e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            if (fresh) {
                findings.wrong("no answer", place(to, next) + " " + e);
                return Optional.empty();
            }
        }
        try (Wire again = new Wire(to, CONNECTION_MAX, timer)) {
            var unused = shoot(again, to, next, true);
        }
        return Optional.empty();
    }

    private void judge(URI to, Shot next, Wire.Answer answer) {
        findings.count("status " + answer.status());
        if (answer.status() == 200 && answer.body().length > 0) {
            maker.saw(next, answer.text());
        }
        documented
                .fault(next, answer)
                .ifPresent(fault -> findings.wrong(fault, place(to, next) + " answered " + answer));
    }

    private String place(URI to, Shot next) {
        return name() + " #" + shot + " " + to + " " + next;
    }
}
