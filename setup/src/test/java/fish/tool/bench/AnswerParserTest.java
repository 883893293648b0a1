package fish.tool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerParserTest {
    private final StringBuilder body = new StringBuilder();
    private final AnswerParser parser = new AnswerParser(b -> body.append((char) b));

    /** Gives it in pieces of so many bytes. Returns how many bytes were taken when it was whole; -1: never. */
    private int take(String answer, int pieceBytes) throws IOException {
        parser.begin();
        body.setLength(0);
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            ByteBuffer piece = ByteBuffer.wrap(bytes, at, Math.min(pieceBytes, bytes.length - at));
            if (parser.take(piece)) {
                return piece.position();
            }
        }
        return -1;
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "7", "4096"})
    void answersAreReadHoweverTheyAreCut(int pieceBytes) throws IOException {
        String plain = "HTTP/1.1 200 OK\r\nETag: \"7\"\r\ncontent-LENGTH: 5\r\n\r\nhello";
        assertThat(take(plain, pieceBytes)).isPositive();
        assertThat(parser.status()).isEqualTo(200);
        assertThat(body).hasToString("hello");
        assertThat(parser.bodyStart()).isEqualTo("hello");
        assertThat(parser.closes()).isFalse();

        String chunked =
                "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\na\r\n, and more\r\n0\r\nT: r\r\n\r\n";
        assertThat(take(chunked, pieceBytes)).isPositive();
        assertThat(parser.status()).isEqualTo(201);
        assertThat(body).hasToString("hello, and more");

        assertThat(take(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
                        pieceBytes))
                .isPositive();
        assertThat(parser.status()).isEqualTo(304);
        assertThat(parser.closes()).isTrue();
        assertThat(take("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", pieceBytes))
                .isPositive();
    }

    @Test
    void nothingOfTheNextAnswerIsTaken() throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assertThat(take(answer + "HTTP/1.1 200 OK\r\n", 4096)).isEqualTo(answer.length());
    }

    @Test
    void withoutALengthItEndsWithTheConnection() throws IOException {
        assertThat(take("HTTP/1.0 200 OK\r\n\r\nall that comes", 5)).isEqualTo(-1);
        assertThat(body).hasToString("all that comes");
        assertThat(parser.closes()).isTrue();
    }

    @Test
    void whatIsNoAnswerIsTold() {
        assertThatThrownBy(() -> take("SSH-2.0-x\r\n", 99)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> take("HTTP/1.1 2x0 OK\r\n", 99)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 99))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> take("HTTP/1.1 200 OK\r\n" + "h: v\r\n".repeat(20_000), 99))
                .isInstanceOf(IOException.class);
    }
}
