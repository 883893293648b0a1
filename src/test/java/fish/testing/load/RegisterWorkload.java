package fish.testing.load;

import fish.testing.HttpAnswer;
import fish.testing.HttpRequestBuilder;
import fish.testing.history.Ending;
import fish.testing.history.History;
import fish.testing.history.LinearizabilityChecker;
import fish.testing.history.LinearizabilityChecker.Order;
import fish.testing.history.RegisterOp;
import fish.testing.history.RegisterOp.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads, writes, compare-and-sets and deletes on few keys, for the linearizability checker. */
public final class RegisterWorkload extends Workload {
    private final int keys;
    private final History<RegisterOp> history;
    /** The newest revision that any client heard of, so that conditions have a chance to hold. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    public RegisterWorkload(Load load, int keys) {
        super(load);
        this.keys = keys;
        this.history = new History<>("register-" + load.seed());
    }

    public History<RegisterOp> history() {
        return history;
    }

    /** Fails, and leaves the history behind, unless every key was linearizable. */
    public void verify() {
        history.require(new LinearizabilityChecker().check(history.ops(), Order.BY_REVISION));
    }

    @Override
    void step(Client client) throws IOException {
        String key = "register/" + load().seed() + "/" + client.random().nextInt(keys);
        int dice = client.random().nextInt(100);
        if (dice < 50) {
            read(client, key);
        } else if (dice < 90) {
            write(client, key, Kind.PUT, client.unique());
        } else {
            write(client, key, Kind.DELETE, "");
        }
    }

    private void read(Client client, String key) throws IOException {
        long invoked = System.nanoTime();
        HttpAnswer answer = client.send(client.probe().get(key));
        long returned = System.nanoTime();
        if (answer.status() == 200) {
            heard.put(key, answer.revision());
            history.add(new RegisterOp(
                    client.number(),
                    key,
                    Kind.READ,
                    RegisterOp.ANY,
                    answer.text(),
                    ending(answer),
                    answer.revision(),
                    invoked,
                    returned));
        } else if (answer.status() == 404) {
            heard.remove(key);
            history.add(new RegisterOp(
                    client.number(), key, Kind.READ, RegisterOp.ANY, "", Ending.MISSING, 0, invoked, returned));
        } else if (answer.status() < 500 && answer.status() != 429) {
            complain("read: " + answer);
        }
    }

    private void write(Client client, String key, Kind kind, String value) {
        long ifRevision = RegisterOp.ANY;
        HttpRequestBuilder request = kind == Kind.PUT
                ? client.probe().put(key, value)
                : client.probe().delete(key);
        if (client.random().nextBoolean()) {
            ifRevision = heard.getOrDefault(key, RegisterOp.ABSENT);
            request = ifRevision == RegisterOp.ABSENT ? request.ifAbsent() : request.ifMatch(ifRevision);
        }
        long invoked = System.nanoTime();
        Ending ending;
        long revision = 0;
        try {
            HttpAnswer answer = client.send(request);
            ending = ending(answer);
            if (ending == Ending.DONE) {
                revision = answer.json().path("revision").asLong();
            } else if (ending == Ending.CONDITION_FAILED) {
                revision = answer.revision();
            }
        } catch (IOException e) {
            ending = ending(e);
        }
        if (revision > 0) {
            heard.merge(key, revision, Math::max);
        }
        long returned = System.nanoTime();
        history.add(new RegisterOp(client.number(), key, kind, ifRevision, value, ending, revision, invoked, returned));
    }
}
