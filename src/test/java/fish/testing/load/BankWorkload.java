package fish.testing.load;

import com.fasterxml.jackson.databind.JsonNode;
import fish.testing.HttpAnswer;
import fish.testing.history.Ending;
import fish.testing.history.History;
import fish.testing.history.Seen;
import fish.testing.history.TransactionChecker;
import fish.testing.history.TxnOp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Transfers between accounts, each a transaction under conditions, while others read all accounts at
 * once, by transactions of gets and by list pages, strong and local. No snapshot may show another sum.
 */
public final class BankWorkload extends Workload {
    private static final int ACCOUNTS_MAX = 100;
    private static final long BALANCE = 1_000;

    private final int accounts;
    private final History<TxnOp> history;

    public BankWorkload(Load load, int accounts) {
        super(load);
        if (accounts < 2 || accounts > ACCOUNTS_MAX) {
            throw new IllegalArgumentException("2 to " + ACCOUNTS_MAX + " accounts: " + accounts);
        }
        this.accounts = accounts;
        this.history = new History<>("bank-" + load.seed());
    }

    public History<TxnOp> history() {
        return history;
    }

    /** Fails unless every sum was right and, leaving the history behind, all strictly serializable. */
    public void verify() {
        if (!complaints().isEmpty()) {
            throw new AssertionError("seed " + load().seed() + ": " + complaints());
        }
        history.require(new TransactionChecker().check(history.ops()));
    }

    @Override
    void prepare(Client client) throws IOException {
        Map<String, String> puts = IntStream.range(0, accounts)
                .boxed()
                .collect(Collectors.toMap(this::key, account -> balance(BALANCE, "opening")));
        long invoked = System.nanoTime();
        HttpAnswer answer = client.send(client.probe().txn("{\"then\":" + puts(puts) + "}"));
        if (ending(answer) != Ending.DONE) {
            throw new IOException("the bank does not open: " + answer);
        }
        add(client, true, Map.of(), puts, Ending.DONE, answer.json().path("revision"), invoked);
    }

    @Override
    void step(Client client) throws IOException {
        int dice = client.random().nextInt(10);
        if (dice < 6) {
            transfer(client);
        } else if (dice < 8) {
            total(client, client.random().nextBoolean());
        } else {
            page(client, client.random().nextBoolean());
        }
    }

    private void transfer(Client client) throws IOException {
        int from = client.random().nextInt(accounts);
        int to = (from + 1 + client.random().nextInt(accounts - 1)) % accounts;
        Map<String, Seen> old = get(client, true, List.of(key(from), key(to)));
        if (old.size() < 2) {
            return;
        }
        long amount = 1L + client.random().nextInt(10);
        String id = client.unique();
        Map<String, String> puts = Map.of(
                key(from), balance(amount(old, key(from)) - amount, id),
                key(to), balance(amount(old, key(to)) + amount, id));
        String conditions = old.entrySet().stream()
                .map(it -> "{\"key\":\"" + it.getKey() + "\",\"revision\":"
                        + it.getValue().revision() + "}")
                .collect(Collectors.joining(",", "[", "]"));
        long invoked = System.nanoTime();
        try {
            HttpAnswer answer =
                    client.send(client.probe().txn("{\"if\":" + conditions + ",\"then\":" + puts(puts) + "}"));
            Ending ending = ending(answer);
            if (!answer.json().path("branch").asText().equals("else")) {
                add(client, true, old, puts, ending, answer.json().path("revision"), invoked);
            }
        } catch (IOException e) {
            add(client, true, old, puts, ending(e), null, invoked);
        }
    }

    private void total(Client client, boolean strong) throws IOException {
        List<String> all = IntStream.range(0, accounts).mapToObj(this::key).toList();
        checkSum(strong, get(client, strong, all));
    }

    private void page(Client client, boolean strong) throws IOException {
        long invoked = System.nanoTime();
        HttpAnswer answer = client.send(client.probe()
                .list()
                .param("prefix", "bank/" + load().seed() + "/")
                .param("limit", "1000")
                .param("consistency", strong ? "strong" : "local"));
        if (answer.status() != 200) {
            return;
        }
        Map<String, Seen> seen = new TreeMap<>();
        for (JsonNode record : answer.json().path("records")) {
            addSeen(record, seen);
        }
        IntStream.range(0, accounts).forEach(i -> seen.putIfAbsent(key(i), Seen.NOTHING));
        add(client, strong, seen, Map.of(), Ending.DONE, answer.json().path("revision"), invoked);
        checkSum(strong, seen);
    }

    /** What a transaction of gets saw; nothing at all where it failed. */
    private Map<String, Seen> get(Client client, boolean strong, List<String> keys) throws IOException {
        String gets = keys.stream()
                .map(key -> "{\"get\":{\"key\":\"" + key + "\"}}")
                .collect(Collectors.joining(",", "[", "]"));
        long invoked = System.nanoTime();
        HttpAnswer answer = client.send(
                client.probe().txn("{\"then\":" + gets + "}").param("consistency", strong ? "strong" : "local"));
        Map<String, Seen> seen = new TreeMap<>();
        if (answer.status() == 200) {
            for (JsonNode result : answer.json().path("results")) {
                addSeen(result.path("get"), seen);
            }
            add(client, strong, seen, Map.of(), Ending.DONE, answer.json().path("revision"), invoked);
        }
        return seen;
    }

    /** A replica that has not heard of the bank yet shows no account at all, which is a state, too. */
    private void checkSum(boolean strong, Map<String, Seen> seen) {
        boolean unopened = !strong && seen.values().stream().allMatch(Seen.NOTHING::equals);
        if (seen.isEmpty() || unopened) {
            return;
        }
        long sum = seen.keySet().stream().mapToLong(key -> amount(seen, key)).sum();
        if (sum != accounts * BALANCE) {
            complain("the sum is " + sum + ", not " + accounts * BALANCE + ": " + seen);
        }
    }

    private void add(
            Client client,
            boolean strong,
            Map<String, Seen> reads,
            Map<String, String> puts,
            Ending ending,
            @Nullable JsonNode revision,
            long invoked) {
        long number = revision == null ? 0 : revision.asLong();
        long returned = System.nanoTime();
        history.add(
                new TxnOp(client.number(), strong, reads, puts, new ArrayList<>(), ending, number, invoked, returned));
    }

    private String key(int account) {
        return "bank/" + load().seed() + "/" + account;
    }

    /** Canonical, so that what is read compares with what was written. */
    private static String balance(long amount, String id) {
        return "{\"amount\":" + amount + ",\"by\":\"" + id + "\"}";
    }

    private static void addSeen(JsonNode record, Map<String, Seen> seen) {
        JsonNode value = record.path("json");
        long revision = record.path("revision").asLong();
        String text = balance(value.path("amount").asLong(), value.path("by").asText());
        seen.put(record.path("key").asText(), revision == 0 ? Seen.NOTHING : new Seen(text, revision));
    }

    private static long amount(Map<String, Seen> seen, String key) {
        String value = seen.getOrDefault(key, Seen.NOTHING).value();
        int end = value.indexOf(',');
        return end < 0 ? 0 : Long.parseLong(value.substring("{\"amount\":".length(), end));
    }

    private static String puts(Map<String, String> puts) {
        return puts.entrySet().stream()
                .map(put -> "{\"put\":{\"key\":\"" + put.getKey() + "\",\"json\":" + put.getValue() + "}}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
