package fish.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Key;
import fish.kv.RequestId;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodecsTest {
    private static final int MANY = 500;

    private final Random random = new Random(11);

    @Test
    void recordsComeBackAsTheyWere() {
        for (int i = 0; i < MANY; i++) {
            Value value = new Value(bytes(300), "t".repeat(random.nextInt(50)), "e".repeat(random.nextInt(20)));
            Key key = key();
            StoredRecord record = new StoredRecord(key, value, random.nextLong(), random.nextLong(), random.nextLong());
            byte[] stored = RecordCodec.encode(value, record.revision(), record.created(), record.expiresAtMillis());

            assertThat(RecordCodec.decode(key, stored, true)).isEqualTo(record);
            assertThat(RecordCodec.decode(key, stored, false).value())
                    .isEqualTo(new Value(new byte[0], value.contentType(), value.contentEncoding()));
            assertThat(RecordCodec.header(Arrays.copyOf(stored, RecordCodec.HEADER_BYTES)))
                    .isEqualTo(new RecordCodec.Header(record.revision(), record.created(), record.expiresAtMillis()));
        }
    }

    @Test
    void changesComeBackAsTheyWere() {
        for (int i = 0; i < MANY; i++) {
            List<StoredCommit> commits = new ArrayList<>();
            for (int c = random.nextInt(4); c > 0; c--) {
                List<StoredChange> changes = new ArrayList<>();
                for (int k = random.nextInt(4); k > 0; k--) {
                    changes.add(new StoredChange(key(), random.nextBoolean(), random.nextLong()));
                }
                RequestId id = new RequestId(random.nextLong(), random.nextLong());
                commits.add(new StoredCommit(random.nextLong(), id, random.nextBoolean(), changes));
            }
            CommitBatch batch = new CommitBatch(random.nextLong(), random.nextLong(), commits);

            assertThat(CommitBatch.decode(batch.encode())).isEqualTo(batch);
            assertThat(CommitBatch.timeMillis(Arrays.copyOf(batch.encode(), CommitBatch.HEADER_BYTES)))
                    .isEqualTo(batch.timeMillis());
        }
    }

    @Test
    void officeAndProgressComeBackAsTheyWere() {
        MasterRecord masterRecord = new MasterRecord(7, "b0", "http://localhost:5000", 1 << 20, (1 << 20) + 5);
        assertThat(MasterRecord.decode(masterRecord.encode())).isEqualTo(masterRecord);
        Progress progress = new Progress(9, 8);
        assertThat(Progress.decode(progress.encode())).isEqualTo(progress);
    }

    @Test
    void formatsOfLaterProgramsAreRefused() {
        byte[] record = RecordCodec.encode(new Value(new byte[0], "", ""), 1, 1, 0);
        record[0] = 2;
        byte[] batch = new CommitBatch(0, 0, List.of()).encode();
        batch[0] = 2;
        assertThatThrownBy(() -> RecordCodec.header(record)).isInstanceOf(StoreFormatException.class);
        assertThatThrownBy(() -> CommitBatch.decode(batch)).isInstanceOf(StoreFormatException.class);
        assertThatThrownBy(() -> MasterRecord.decode("2\n".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(StoreFormatException.class);
    }

    private Key key() {
        return Key.of("k" + random.nextInt(1000) + "ü".repeat(random.nextInt(5)));
    }

    private byte[] bytes(int max) {
        byte[] bytes = new byte[random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }
}
