package fish.testing.load;

import com.fasterxml.jackson.databind.JsonNode;
import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.history.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Increments of a few counters, each by a transaction under the condition that nobody was faster. A
 * write that is applied twice, or lost, shows in the sum.
 */
public final class CounterWorkload extends Workload {
    private static final Duration READ_MAX = Duration.ofSeconds(30);

    private final AtomicLongArray acknowledged;
    private final AtomicLongArray unknown;

    public CounterWorkload(Load load, int counters) {
        super(load);
        this.acknowledged = new AtomicLongArray(counters);
        this.unknown = new AtomicLongArray(counters);
    }

    /** @throws AssertionError unless each counter lies between what is known and what is possible */
    public void verify(HttpProbe probe) {
        for (int i = 0; i < acknowledged.length(); i++) {
            String key = key(i);
            long n = Eventually.eventuallyGet(
                    READ_MAX, () -> value(probe.get(key).send()));
            long least = acknowledged.get(i);
            long most = least + unknown.get(i);
            if (n < least || n > most) {
                throw new AssertionError(key + " is " + n + ", not from " + least + " to " + most);
            }
        }
    }

    @Override
    void step(Client client) throws IOException {
        int counter = client.random().nextInt(acknowledged.length());
        HttpAnswer old = client.send(client.probe().get(key(counter)));
        if (old.status() != 200 && old.status() != 404) {
            return;
        }
        String condition = old.status() == 404 ? "\"exists\":false" : "\"revision\":" + old.revision();
        String txn = String.format(
                "{\"if\":[{\"key\":\"%s\",%s}],\"then\":[{\"put\":{\"key\":\"%s\",\"json\":{\"n\":%d}}}]}",
                key(counter), condition, key(counter), value(old) + 1);
        Ending ending;
        boolean applied = false;
        try {
            HttpAnswer answer = client.send(client.probe().txn(txn));
            ending = ending(answer);
            applied = answer.json().path("branch").asText().equals("then");
        } catch (IOException e) {
            ending = ending(e);
        }
        if (ending == Ending.DONE && applied) {
            acknowledged.incrementAndGet(counter);
        } else if (ending == Ending.UNKNOWN) {
            unknown.incrementAndGet(counter);
        }
    }

    private String key(int counter) {
        return "counter/" + load().seed() + "/" + counter;
    }

    private static long value(HttpAnswer answer) {
        if (answer.status() == 404) {
            return 0;
        }
        JsonNode n = answer.json().path("n");
        if (answer.status() != 200 || !n.isIntegralNumber()) {
            throw new IllegalStateException("no counter: " + answer);
        }
        return n.asLong();
    }
}
