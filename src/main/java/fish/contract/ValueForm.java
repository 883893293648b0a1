package fish.contract;

import fish.kv.Value;
import java.util.Locale;

/** As which of {@code json}, {@code text} and {@code base64} a value may be told. */
public final class ValueForm {
    private ValueForm() {}

    /** Whether it is told as {@code json} if it is JSON. */
    public static boolean mayBeJson(Value value) {
        String type = mediaType(value.contentType());
        return value.contentEncoding().isEmpty() && (type.equals("application/json") || type.endsWith("+json"));
    }

    /** Whether it is told as {@code text} if it is UTF-8. */
    public static boolean mayBeText(Value value) {
        String type = mediaType(value.contentType());
        return value.contentEncoding().isEmpty()
                && (type.isEmpty() || type.startsWith("text/") || type.equals("application/x-www-form-urlencoded"));
    }

    private static String mediaType(String contentType) {
        int semicolon = contentType.indexOf(';');
        String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return type.strip().toLowerCase(Locale.ROOT);
    }
}
