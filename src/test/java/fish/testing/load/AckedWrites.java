package fish.testing.load;

import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.history.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes each key once and remembers how that ended; reads all of them back once all is healed. */
public final class AckedWrites extends Workload {
    private static final Duration READ_MAX = Duration.ofSeconds(30);
    private static final int SHOWN_MAX = 20;

    private final Map<String, Ending> endings = new ConcurrentHashMap<>();
    private final String durability;

    /** @param durability of each write, as in the contract */
    public AckedWrites(Load load, String durability) {
        super(load);
        this.durability = durability;
    }

    /** How many writes ended so. */
    public long count(Ending ending) {
        return endings.values().stream().filter(ending::equals).count();
    }

    /**
     * Reads every key with strong reads; may be called again.
     *
     * @throws AssertionError if an acknowledged write is not there or one that was not applied is
     */
    public void verify(HttpProbe probe) {
        List<String> wrong = new ArrayList<>();
        endings.forEach((key, ending) -> {
            HttpAnswer answer = read(probe, key);
            boolean there = answer.status() == 200;
            if (there && !answer.text().equals(key)) {
                wrong.add(key + " holds " + answer.text());
            } else if (ending == Ending.DONE && !there) {
                wrong.add(key + " was acknowledged and is lost");
            } else if (ending == Ending.NOT_APPLIED && there) {
                wrong.add(key + " was not applied and is there");
            }
        });
        if (!wrong.isEmpty()) {
            throw new AssertionError("seed " + load().seed() + ": " + wrong.size() + " of " + endings.size()
                    + " keys are wrong: " + wrong.subList(0, Math.min(SHOWN_MAX, wrong.size())));
        }
    }

    @Override
    void step(Client client) {
        String key = "acked/" + load().seed() + "/" + client.unique();
        Ending ending;
        try {
            ending = ending(client.send(client.probe().put(key, key).param("durability", durability)));
        } catch (IOException e) {
            ending = ending(e);
        }
        endings.put(key, ending);
    }

    private static HttpAnswer read(HttpProbe probe, String key) {
        return Eventually.eventuallyGet(READ_MAX, () -> {
            HttpAnswer answer = probe.get(key).send();
            if (answer.status() != 200 && answer.status() != 404) {
                throw new AssertionError("cannot read " + key + ": " + answer);
            }
            return answer;
        });
    }
}
