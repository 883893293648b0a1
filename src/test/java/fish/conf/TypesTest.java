package fish.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.contract.Durations;
import fish.contract.HostPort;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypesTest {
    @ParameterizedTest
    @CsvSource({"250ms,250", "1.5s,1500", "5m,300000", "12h,43200000", "30d,2592000000", "0s,0"})
    void durationsHaveAUnit(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1 s", ".5s", "1.s", "1us", "1S", "9999999999s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"250ms", "1500ms", "5m", "12h", "30d", "0ms"})
    void durationsAreWrittenAsTheyAreRead(String text) {
        assertThat(Durations.format(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1B,1", "512KiB,524288", "64MiB,67108864", "2GiB,2147483648", "1TiB,1099511627776"})
    void sizesHaveAUnitAndAreWrittenAsTheyAreRead(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
        assertThat(ByteSize.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "1MB", "-1MiB", "1.5MiB", "1 MiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9000", "10.0.0.7:1", "[::1]:65535", "a-b.example:0"})
    void addressesAreWrittenAsTheyAreRead(String text) {
        assertThat(HostPort.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "9000",
                ":9000",
                "localhost",
                "localhost:",
                "localhost:x",
                "localhost:65536",
                "::1:9000",
                "a b:1",
                "ä:1",
                "localhost:-1"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"localhost,true", "127.0.0.1,true", "127.8.8.8,true", "::1,true", "0.0.0.0,false", "192.0.2.1,false"})
    void loopbackIsWhatOnlyThisMachineReaches(String host, boolean loopback) {
        assertThat(new HostPort(host, 1).isLoopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @CsvSource({"40%,400", "1%,10", "70%,700", "500B,500"})
    void theCacheIsAShareOfTheHeapOrASize(String text, long bytes) {
        assertThat(cache().parser().apply(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0%", "71%", "100%", "1KiB", "9B", "half"})
    void theCacheLeavesRoomForOtherThings(String text) {
        assertThatThrownBy(() -> cache().parser().apply(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNearestNameIsFoundUnlessAllAreFar() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.to("adress", List.of("port", "address"))).contains("address");
        assertThat(Nearest.to("xylophone", List.of("port", "address"))).isEmpty();
    }

    private static Setting<ByteSize> cache() {
        return Setting.heapShare("cache", "40%", 1_000, "share");
    }

    @Test
    void originsAreWrittenAsBrowsersWriteThem() {
        var origins = NodeSettings.ALLOWED_ORIGINS.parser();
        assertThat(origins.apply("https://App.example, http://localhost:3000,http://[::1]:80"))
                .containsExactly("https://app.example", "http://localhost:3000", "http://[::1]:80");
        for (String none :
                new String[] {"*", "app.example", "https://app.example/", "https://", "ftp://a", "null", ""}) {
            assertThatThrownBy(() -> origins.apply(none))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("https://app.example");
        }
    }
}
