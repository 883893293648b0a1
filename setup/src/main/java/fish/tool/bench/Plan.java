package fish.tool.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What a bench does.
 *
 * @param load how much is asked at once, or in a second
 * @param data what is asked for
 */
public record Plan(Target target, BenchWork workload, Load load, Data data, Times times) {
    /**
     * Who is asked, and in which words.
     *
     * @param addresses connections are spread over them
     * @param dialect {@code fish}, {@code etcd} or {@code consul}
     * @param consistency of reads: {@code strong}, {@code master} or {@code local}
     * @param durability of Fish's writes; empty: as the group has it
     * @param token empty: none
     */
    public record Target(
            List<InetSocketAddress> addresses, String dialect, String consistency, String durability, String token) {
        public Target {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String toString() {
            return dialect + " at " + addresses;
        }
    }

    /**
     * @param rate requests in a second, whatever the answers; 0: each connection sends when it was answered
     * @param reads of {@link BenchWork#MIXED}, the part that are gets, 0 to 1
     * @param watchers of {@link BenchWork#WATCH}
     */
    public record Load(int connections, double rate, double reads, int watchers) {
        public boolean open() {
            return rate > 0;
        }
    }

    /**
     * @param prefix of all keys
     * @param fill whether all keys are put first
     */
    public record Data(String prefix, int keys, int valueBytes, boolean fill) {}

    /** @param timeout of one request */
    public record Times(Duration warmUp, Duration duration, Duration timeout) {}
}
