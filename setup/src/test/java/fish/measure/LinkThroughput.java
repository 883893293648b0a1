package fish.measure;

import fish.kv.Outcome;
import fish.link.EchoService;
import fish.link.LinkClient;
import fish.link.LinkLimits;
import fish.link.TestBackEnd;
import fish.link.TestFrontEnd;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many writes of 1 KiB a second go through one connection to a service that answers at once, both
 * ends in this process: {@code bin/measure link [SECONDS [CONCURRENT]]}. One line for each second.
 */
final class LinkThroughput {
    private static final int VALUE_BYTES = 1024;

    private LinkThroughput() {}

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        int concurrent = args.length > 1 ? Integer.parseInt(args[1]) : 64;
        LongAdder answered = new LongAdder();
        CountDownLatch lost = new CountDownLatch(1);
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start();
                TestFrontEnd front = new TestFrontEnd(LinkLimits.DEFAULT)) {
            LinkClient client = front.connect(back.uri());
            for (int i = 0; i < concurrent; i++) {
                new Loop(client, answered, lost).next();
            }
            long before = 0;
            for (int second = 0; second < seconds && !lost.await(1, TimeUnit.SECONDS); second++) {
                long sum = answered.sum();
                System.out.println("requests_per_second=" + (sum - before));
                before = sum;
            }
        }
    }

    /** Sends the next one when the last one is answered. */
    private record Loop(LinkClient client, LongAdder answered, CountDownLatch lost)
            implements LinkClient.WriteCallback {
        void next() {
            client.write(TestFrontEnd.put(1, VALUE_BYTES), this);
        }

        @Override
        public void answered(Outcome outcome) {
            answered.increment();
            next();
        }

        @Override
        public void lost(boolean maybeReceived) {
            lost.countDown();
        }
    }
}
