package fish.api;

import fish.http.Call;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** One file that every node serves as it is, in memory, plain and compressed. Never changed, so thread-safe. */
final class PageFile {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json");

    /**
     * Only what this node serves is run, shown or asked, nothing in the markup itself, and no text ever becomes
     * markup; no other page frames it.
     */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";

    private static final HttpString SECURITY_POLICY = new HttpString("Content-Security-Policy");
    private static final HttpString NO_SNIFFING = new HttpString("X-Content-Type-Options");
    private static final HttpString REFERRER_POLICY = new HttpString("Referrer-Policy");
    private static final HttpString OPENER_POLICY = new HttpString("Cross-Origin-Opener-Policy");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");

    private static final byte[] NOTHING = {};

    private final String type;
    private final byte[] plain;
    private final byte[] zipped;
    private final String tag;

    /** @param name whose ending tells what it is */
    private PageFile(String name, byte[] plain) {
        this.type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain; charset=utf-8");
        this.plain = plain;
        this.zipped = zipped(plain);
        this.tag = digest(plain);
    }

    /**
     * Reads a resource whole.
     *
     * @throws IllegalStateException where the program was built without it
     */
    static PageFile ofResource(String path) {
        try (InputStream in = PageFile.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + path);
            }
            return new PageFile(path, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers with it, or that it has not changed. */
    void send(Call call) {
        HeaderMap asked = call.exchange().getRequestHeaders();
        boolean zip = acceptsGzip(asked.get(Headers.ACCEPT_ENCODING));
        String etag = '"' + tag + (zip ? "-gzip" : "") + '"';
        HeaderMap headers = call.exchange().getResponseHeaders();
        headers.put(Headers.ETAG, etag);
        headers.put(Headers.CACHE_CONTROL, "no-cache"); // kept, but asked for each time: a node may be newer
        headers.add(Headers.VARY, Headers.ACCEPT_ENCODING_STRING);
        headers.put(SECURITY_POLICY, POLICY);
        headers.put(NO_SNIFFING, "nosniff");
        headers.put(REFERRER_POLICY, "no-referrer");
        headers.put(OPENER_POLICY, "same-origin");
        headers.put(RESOURCE_POLICY, "same-origin");
        if (matches(asked.get(Headers.IF_NONE_MATCH), etag)) {
            call.send(304, NOTHING);
            return;
        }
        headers.put(Headers.CONTENT_TYPE, type);
        if (zip) {
            headers.put(Headers.CONTENT_ENCODING, "gzip");
        }
        call.send(200, zip ? zipped : plain);
    }

    private static boolean matches(@Nullable HeaderValues lines, String etag) {
        return lines != null
                && lines.stream()
                        .flatMap(line -> Arrays.stream(line.split(",", -1)))
                        .map(String::strip)
                        .anyMatch(
                                one -> one.equals("*") || (one.startsWith("W/") ? one.substring(2) : one).equals(etag));
    }

    /** Whether gzip is named and not refused; what stands for all codings is no reason to compress. */
    private static boolean acceptsGzip(@Nullable HeaderValues lines) {
        return lines != null
                && lines.stream()
                        .flatMap(line -> Arrays.stream(line.split(",", -1)))
                        .map(one -> one.replace(" ", "").toLowerCase(Locale.ROOT))
                        .anyMatch(one -> one.split(";", -1)[0].equals("gzip") && !one.matches(".*;q=0(\\.0*)?"));
    }

    private static byte[] zipped(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(whole, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
