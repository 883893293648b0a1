package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import fish.kv.ChangeEvent;
import fish.kv.EncodedCommit;
import fish.kv.Key;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeJsonTest {
    private final ChangeJson json = new ChangeJson();

    @ParameterizedTest
    @ValueSource(strings = {"a", "users/1", "\"", "\\", "a\nb\u0001\u007f", "é€", "\ud83d\udc1f", " "})
    void aDeleteTellsItsKey(String key) throws Exception {
        byte[] told = json.change(new ChangeEvent.Deleted(Key.of(key)));
        assertThat(JsonMapper.builder().build().readTree(told))
                .isEqualTo(JsonMapper.builder()
                        .build()
                        .createObjectNode()
                        .set(
                                "delete",
                                JsonMapper.builder().build().createObjectNode().put("key", key)));
    }

    @Test
    void aCommitIsWholeInOnePieceOrInMany() throws Exception {
        for (int count : List.of(0, 1, 2, 1000)) {
            List<byte[]> changes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                changes.add(json.change(new ChangeEvent.Deleted(Key.of("key-" + i))));
            }
            EncodedCommit commit = json.commit(7, changes);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            commit.pieces().forEach(whole::writeBytes);
            assertThat(commit.bytes()).isEqualTo(whole.size());
            assertThat(JsonMapper.builder()
                            .build()
                            .readTree(whole.toByteArray())
                            .path("changes"))
                    .hasSize(count);
            assertThat(commit.pieces().size() == 1).isEqualTo(count <= 2);
        }
    }
}
