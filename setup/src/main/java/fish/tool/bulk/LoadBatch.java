package fish.tool.bulk;

import fish.kv.Operation;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import java.util.ArrayList;
import java.util.List;

/**
 * Records that are put in one transaction. The same input gives the same batches with the same keys, whoever reads it
 * and whenever: by them the store knows what it was told before.
 *
 * @param idempotencyKey of the transaction
 */
record LoadBatch(List<LoadRecord> records, String idempotencyKey) {
    LoadBatch {
        records = List.copyOf(records);
    }

    long bytes() {
        return records.stream().mapToLong(LoadRecord::bytes).sum();
    }

    long firstLine() {
        return records.get(0).line();
    }

    long lastLine() {
        return records.get(records.size() - 1).line();
    }

    /** Whether a second try may look different, since less is left of a record's time. */
    boolean depends() {
        return records.stream().anyMatch(record -> record.expiresAtMillis() != StoredRecord.NEVER);
    }

    /** Puts of all records whose time has not ended. */
    Txn txn(long nowMillis) {
        List<Operation> puts = new ArrayList<>();
        for (LoadRecord record : records) {
            if (!record.endedBy(nowMillis)) {
                long ttl = record.expiresAtMillis() == StoredRecord.NEVER
                        ? Operation.NO_TTL
                        : Math.min(record.expiresAtMillis() - nowMillis, Operation.TTL_MILLIS_MAX);
                puts.add(new Operation.Put(record.key(), record.value(), ttl));
            }
        }
        return new Txn(List.of(), puts, List.of());
    }

    /** Both halves, for a batch of at least two records that was refused as a whole. */
    List<LoadBatch> halves() {
        int middle = records.size() / 2;
        return List.of(
                new LoadBatch(records.subList(0, middle), idempotencyKey + "a"),
                new LoadBatch(records.subList(middle, records.size()), idempotencyKey + "b"));
    }

    /** As {@code line 7}, {@code lines 7 to 134}. */
    String lines() {
        return records.size() == 1 ? "line " + firstLine() : "lines " + firstLine() + " to " + lastLine();
    }
}
