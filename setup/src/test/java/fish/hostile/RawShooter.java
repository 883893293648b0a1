package fish.hostile;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Sends what may be no HTTP, each over a connection of its own; what comes back must be HTTP. */
final class RawShooter extends Attack {
    private static final Duration CONNECTION_MAX = Duration.ofSeconds(2);
    private static final int ANSWERS_MAX = 60;

    private final Documented documented;
    private final List<URI> nodes;
    private final OddHeads heads;
    private final ScheduledExecutorService timer;
    private long shot;

    RawShooter(Arms arms, List<URI> nodes) {
        super(arms);
        this.documented = arms.documented();
        this.timer = arms.timer();
        this.nodes = List.copyOf(nodes);
        this.heads = new OddHeads(chance);
    }

    @Override
    void strike() throws IOException {
        URI to = chance.pick(nodes);
        Shot next = heads.next();
        shot++;
        try (Wire wire = new Wire(to, CONNECTION_MAX, timer)) {
            send(wire, next);
            for (int i = 0; i < ANSWERS_MAX; i++) {
                Wire.Answer answer = wire.read(false);
                findings.count("raw status " + answer.status());
                Optional<String> fault = documented.fault(next, answer);
                fault.ifPresent(it -> findings.wrong(
                        "raw: " + it, name() + " #" + shot + " " + to + " " + next + " answered " + answer));
            }
        } catch (MalformedAnswerException e) {
            findings.wrong("raw: not HTTP", name() + " #" + shot + " " + to + " " + next + " " + e.getMessage());
        }
    }

    private void send(Wire wire, Shot next) {
        try {
            wire.send(next.bytes());
            if (chance.oneIn(2)) {
                wire.sentAll();
            }
        } catch (IOException e) {
            findings.count("raw sending was cut off");
        }
    }
}
