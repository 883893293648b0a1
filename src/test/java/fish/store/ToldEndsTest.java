package fish.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.StoredRecord;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ToldEndsTest {
    private static final byte[] A = "a".getBytes(StandardCharsets.UTF_8);
    private static final byte[] B = "b".getBytes(StandardCharsets.UTF_8);
    private static final byte[] C = "c".getBytes(StandardCharsets.UTF_8);

    private final ToldEnds told = ToldEnds.startingAt(ToldEnds.place(5, B))
            .upTo(ToldEnds.place(10, B), 100, false)
            .upTo(ToldEnds.place(20, B), 200, false);

    @Test
    void noneMeansNothing() {
        assertThat(ToldEnds.NONE.isEmpty()).isTrue();
        assertThat(ToldEnds.NONE.include(A, 1, 1)).isFalse();
    }

    @Test
    void aRecordIsMeantFromTheFirstPlaceToTheLast() {
        assertThat(told.include(A, 5, 1)).isFalse();
        assertThat(told.include(B, 5, 1)).isTrue();
        assertThat(told.include(C, 20, 1)).isFalse();
        assertThat(told.include(B, 20, 1)).isTrue();
        assertThat(told.include(B, StoredRecord.NEVER, 1)).isFalse();
    }

    @Test
    void whatWasWrittenAfterItsPartWasToldIsNotMeant() {
        assertThat(told.include(B, 10, 100)).isTrue();
        assertThat(told.include(B, 10, 101)).isFalse();
        assertThat(told.include(C, 10, 101)).isTrue();
        assertThat(told.include(C, 10, 201)).isFalse();
    }

    @Test
    void joinedWithItsLastPartItMeansAllOfThatAnew() {
        ToldEnds joined = told.upTo(ToldEnds.place(30, A), 300, true);
        assertThat(joined.parts()).isEqualTo(2);
        assertThat(joined.include(B, 10, 101)).isFalse();
        assertThat(joined.include(C, 10, 300)).isTrue();
        assertThat(joined.include(A, 30, 300)).isTrue();
    }

    @Test
    void itIsReadAsItWasWritten() {
        ToldEnds read = ToldEnds.decode(told.encode());
        assertThat(read.from()).isEqualTo(told.from());
        assertThat(read.to()).isEqualTo(told.to());
        assertThat(read.parts()).isEqualTo(2);
        assertThat(read.include(B, 10, 100)).isTrue();
        assertThat(read.include(B, 10, 101)).isFalse();
    }

    @Test
    void anotherFormatIsNotGuessedAt() {
        byte[] other = told.encode();
        other[0] = 2;
        assertThatThrownBy(() -> ToldEnds.decode(other)).isInstanceOf(StoreFormatException.class);
    }
}
