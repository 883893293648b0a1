package fish.client;

import fish.json.Utf8;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.OptionalLong;

/** What a front-end answered, read to its end. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, HttpHeaders headers, byte[] body) {
    /** @throws IOException where it is not UTF-8 */
    String text() throws IOException {
        return Utf8.decode(body).orElseThrow(() -> new IOException("the answer is not UTF-8"));
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** A header that is a number, as {@code Fish-Revision}; or a quoted one, as {@code ETag}. */
    OptionalLong number(String name) {
        String digits = header(name).replace("\"", "");
        return digits.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }
}
