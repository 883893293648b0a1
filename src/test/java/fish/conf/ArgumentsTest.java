package fish.conf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
    @TempDir
    private Path directory;

    @Test
    void whatJavaCouldNotReadIsToldAndNotReplaced() throws Exception {
        Path typed = directory.resolve("cmdline");
        Files.write(typed, "java\0put\0\ufffd\0".getBytes(StandardCharsets.UTF_8));
        assertThatCode(() -> Arguments.requireWhole(typed, "UTF-8", "put", "\ufffd"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Arguments.requireWhole(typed, "ANSI_X3.4-1968", "put", "\ufffd\ufffd"))
                .isInstanceOf(ProgramException.class)
                .hasMessageContaining("not UTF-8");
        Files.write(typed, new byte[] {'a', (byte) 0xff, 0});
        assertThatThrownBy(() -> Arguments.requireWhole(typed, "UTF-8", "a\ufffd"))
                .isInstanceOf(ProgramException.class);
        assertThatThrownBy(() -> Arguments.requireWhole(directory.resolve("none"), "UTF-8", "a\ufffd"))
                .isInstanceOf(ProgramException.class);
        assertThatCode(() -> Arguments.requireWhole(directory.resolve("none"), "ANSI_X3.4-1968", "put", "a"))
                .doesNotThrowAnyException();
    }
}
