package fish.store;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Txn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Money moves between few accounts as fast as the pen can write; whoever looks sees all of it. */
class SnapshotTest {
    private static final int ACCOUNTS = 12;
    private static final int WANDERERS = 10;
    private static final int EACH = 100;
    private static final int TOTAL = ACCOUNTS * EACH;
    private static final Duration LOOKING = Duration.ofSeconds(3);
    private static final Duration LOOKING_MAX = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private LoneMaster master;
    private Follower follower;
    private Bank bank;

    @BeforeEach
    void open() throws Exception {
        master = LoneMaster.in(Files.createDirectory(directory.resolve("master")));
        bank = new Bank(master);
        long opened = bank.open();
        follower = new Follower(Files.createDirectory(directory.resolve("follower")), master);
        eventually(Duration.ofSeconds(60), () -> assertThat(follower.store.lastRevision())
                .isGreaterThanOrEqualTo(opened));
        bank.start();
    }

    @AfterEach
    void close() {
        bank.close();
        follower.close();
        master.close();
    }

    /** Accounts that are empty have no record, so that records come and go. */
    private static final class Bank implements AutoCloseable {
        private static final int TOGETHER = 50;

        private final LoneMaster master;
        private final Random random = new Random(7);
        private final int[] balances = new int[ACCOUNTS];
        private final Thread thread = new Thread(this::run, "bank");
        private int moves;
        private volatile boolean closing;

        Bank(LoneMaster master) {
            this.master = master;
        }

        long open() {
            List<Operation> puts = new ArrayList<>();
            for (int i = 0; i < ACCOUNTS; i++) {
                balances[i] = EACH;
                puts.add(setting(i));
            }
            for (int i = 0; i < WANDERERS; i++) {
                puts.add(LoneMaster.putting(wanderer(i).toString(), "0"));
            }
            return master.run(new Txn(List.of(), puts, List.of())).revision();
        }

        void start() {
            thread.start();
        }

        private Operation setting(int account) {
            return balances[account] == 0
                    ? new Operation.Delete(account(account))
                    : LoneMaster.putting(account(account).toString(), "" + balances[account]);
        }

        private void run() {
            List<CompletableFuture<Outcome>> sent = new ArrayList<>();
            while (!closing) {
                int from = random.nextInt(ACCOUNTS);
                int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
                int amount = random.nextBoolean() ? balances[from] : Math.min(balances[from], random.nextInt(30));
                balances[from] -= amount;
                balances[to] += amount;
                Operation leaves = new Operation.Delete(wanderer(moves));
                Operation comes = LoneMaster.putting(wanderer(moves + WANDERERS).toString(), "0");
                moves++;
                sent.add(
                        master.send(new Txn(List.of(), List.of(setting(from), setting(to), leaves, comes), List.of())));
                if (sent.size() == TOGETHER) {
                    sent.forEach(LoneMaster::await);
                    sent.clear();
                }
            }
        }

        @Override
        public void close() {
            closing = true;
            try {
                thread.join(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Key account(int i) {
        return Key.of("account/%02d".formatted(i));
    }

    /** There are always as many, but never the same for long. */
    private static Key wanderer(int i) {
        return Key.of("wanderer/%02d".formatted(i % (3 * WANDERERS)));
    }

    private static int sum(View.Page page) {
        if (page.result().results().get(0) instanceof OpResult.Counted counted) {
            assertThat(counted.count()).isEqualTo(WANDERERS);
            return TOTAL;
        }
        return page.result().results().stream()
                .filter(OpResult.Got.class::isInstance)
                .mapToInt(got -> Integer.parseInt(
                        new String(((OpResult.Got) got).record().value().bytes(), StandardCharsets.UTF_8)))
                .sum();
    }

    private static Query.Range all(boolean reverse) {
        return new Query.Range(new byte[0], new byte[0], reverse, true, 1000, 1 << 20);
    }

    /** How often it was seen whole, and at how many revisions. */
    private static void looksWhole(Store store, Query query) {
        long began = System.nanoTime();
        long last = 0;
        int whole = 0;
        int different = 0;
        int busy = 0;
        while (looksOn(System.nanoTime() - began, whole, different)) {
            var page = store.snapshot(query);
            if (page.isEmpty()) {
                busy++;
                continue;
            }
            long revision = page.get().result().revision();
            assertThat(sum(page.get())).as("at revision %d", revision).isEqualTo(TOTAL);
            assertThat(revision).isGreaterThanOrEqualTo(last);
            different += revision > last ? 1 : 0;
            last = revision;
            whole++;
        }
        assertThat(whole).as("whole; %d times busy", busy).isGreaterThan(busy).isGreaterThan(20);
        assertThat(different).isGreaterThan(10);
    }

    /** For some time at least, and until enough was seen. */
    private static boolean looksOn(long nanos, int whole, int different) {
        return nanos < LOOKING.toNanos() || (nanos < LOOKING_MAX.toNanos() && (whole <= 20 || different <= 10));
    }

    @Test
    void pagesOnAReplicaAreOneState() {
        looksWhole(follower.store, all(false));
    }

    @Test
    void pagesBackwardsOnAReplicaAreOneState() {
        looksWhole(follower.store, all(true));
    }

    @Test
    void readTransactionsOnAReplicaAreOneState() {
        List<Operation> gets = IntStream.range(0, ACCOUNTS)
                .<Operation>mapToObj(i -> new Operation.Get(account(i), true))
                .toList();
        looksWhole(follower.store, new Query.Reads(new Txn(List.of(), gets, List.of())));
    }

    @Test
    void countsAreOfOneState() {
        Query count =
                new Query.Count(Key.of("wanderer/").bytes(), Key.of("wanderer0").bytes());
        looksWhole(follower.store, count);
        looksWhole(master.store, count);
    }

    @Test
    void localPagesOnTheMasterAreOneState() {
        looksWhole(master.store, all(false));
    }

    @Test
    void pagesThatEndAtALimitSayThatThereIsMore() {
        long until = System.nanoTime() + LOOKING.toNanos();
        while (System.nanoTime() < until) {
            boolean reverse = System.nanoTime() % 2 == 0;
            Query.Range two = new Query.Range(new byte[0], new byte[0], reverse, true, 2, 1 << 20);
            follower.store.snapshot(two).ifPresent(page -> {
                assertThat(page.result().results()).hasSizeBetween(1, 2);
                assertThat(page.more() || sum(page) == TOTAL).isTrue();
            });
        }
    }
}
