package fish.json;

import static org.assertj.core.api.Assertions.assertThat;

import fish.group.FreshJvm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEqualityTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1 | 1.0
                    1 | 1e0
                    10 | 1E+1
                    0.5 | 5e-1
                    0 | -0.0
                    100 | 1.00e2
                    1e999999999999 | 10e999999999998
                    -12.50 | -125e-1
                    {"a":1,"b":[true,null]} | { "b" : [ true, null ], "a" : 1.0 }
                    "a\\u0062" | "ab"
                    """)
    void sameValue(String a, String b) {
        assertThat(JsonEquality.same(a.getBytes(StandardCharsets.UTF_8), b)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1 | 2
                    1 | -1
                    1 | "1"
                    1e999999999999 | 1e999999999998
                    0.1 | 0.10000000000000000001
                    [1,2] | [2,1]
                    {"a":1} | {"a":1,"b":2}
                    null | false
                    {} | []
                    """)
    void differentValue(String a, String b) {
        assertThat(JsonEquality.same(a.getBytes(StandardCharsets.UTF_8), b)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "1 2", "{\"a\":1,\"a\":1}", "nul", "[1,]", "\u00ff"})
    void whatDoesNotParseEqualsNothing(String stored) {
        assertThat(JsonEquality.same(stored.getBytes(StandardCharsets.ISO_8859_1), stored))
                .isFalse();
    }

    /** In either order: one is held, and the other is read along it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [1,2] | [1,2,3]
                    [1,2,3] | [1,2,4]
                    [[1],[2]] | [[1],[2,2]]
                    {"a":[]} | {"a":{}}
                    {"a":1,"b":2} | {"a":1,"c":2}
                    [1] | [1] 2
                    {"a":1} | {"a":1,"a":1}
                    [] | [
                    "1" | 1
                    [{"a":1}] | [{"a":1},{"a":1}]
                    """)
    void differentValueWhicheverIsLonger(String a, String b) {
        assertThat(JsonEquality.same(a, b)).isFalse();
        assertThat(JsonEquality.same(b, a)).isFalse();
        assertThat(JsonEquality.same(a + "          ", b)).isFalse();
    }

    @Test
    void aLongTextTakesLittleMore() throws Exception {
        assertThat(FreshJvm.run(SmallHeapComparing.class, List.of("-Xmx96m"))).containsExactly("false false true");
    }

    @Test
    void depthIsBounded() {
        String deep = "[".repeat(Json.DEPTH_MAX + 1) + "]".repeat(Json.DEPTH_MAX + 1);
        assertThat(JsonEquality.same(deep, deep)).isFalse();
        String less = deep.substring(1, deep.length() - 1);
        assertThat(JsonEquality.same(less, less)).isTrue();
    }

    /** On a stack that is half as large as those of the threads that do this. */
    @Test
    void depthNeedsLittleOfTheStack() throws Exception {
        String deep = "{\"a\":".repeat(Json.DEPTH_MAX) + "1" + "}".repeat(Json.DEPTH_MAX);
        AtomicBoolean same = new AtomicBoolean();
        Thread small = new Thread(null, () -> same.set(JsonEquality.same(deep, deep)), "small-stack", 512 << 10);
        small.start();
        small.join();
        assertThat(same).isTrue();
    }
}
