package fish.testing.load;

import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.HttpRequestBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** One client of a workload, in a thread of its own, with chance of its own. */
final class Client {
    private final int number;
    private final Random random;
    private final List<HttpProbe> probes;
    private final String timeout;
    private int ops;

    Client(int number, long seed, List<HttpProbe> probes, String timeout) {
        this.number = number;
        this.random = new Random(seed * 1_000_003 + number);
        this.probes = probes;
        this.timeout = timeout;
    }

    int number() {
        return number;
    }

    Random random() {
        return random;
    }

    /** A front-end drawn for the next request. */
    HttpProbe probe() {
        return probes.get(random.nextInt(probes.size()));
    }

    /** A text that no other operation of the workload has. */
    String unique() {
        return number + "-" + ops++;
    }

    HttpAnswer send(HttpRequestBuilder request) throws IOException {
        return request.param("timeout", timeout).send();
    }
}
