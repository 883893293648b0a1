package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeerPatchesTest {
    static Stream<PeerPatches.Patch> all() {
        return PeerPatches.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void findTheirPlacesAndRefuseAClassWithoutThem(PeerPatches.Patch patch) {
        assertThat(patch.corrected()).isNotEqualTo(JeClass.bytes(patch.neighbour(), patch.target()));
        byte[] other = JeClass.bytes("NameIdPair");
        assertThatThrownBy(() -> patch.corrected(other)).isInstanceOf(JeFixException.class);
    }

    @Test
    void nameEachClassOnce() {
        assertThat(all().map(PeerPatches.Patch::target)).doesNotHaveDuplicates();
    }
}
