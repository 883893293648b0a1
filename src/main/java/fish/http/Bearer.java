package fish.http;

import fish.access.Grant;
import fish.access.Need;
import fish.contract.Code;
import fish.kv.Failure;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import org.jspecify.annotations.Nullable;

/** {@code Authorization: Bearer …} (RFC 6750), and how a refusal is told. */
final class Bearer {
    static final String SCHEME = "Bearer";

    /** It was good when the request began. */
    static final Problem GONE = problem(Grant.unauthenticated());

    private Bearer() {}

    /** As it came; empty where there is none, more than one, or one of another scheme. */
    static String token(HttpServerExchange exchange) {
        HeaderValues values = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        if (values == null || values.size() != 1) {
            return "";
        }
        String value = values.getFirst();
        int end = SCHEME.length();
        boolean bearer =
                value.length() > end && value.charAt(end) == ' ' && value.regionMatches(true, 0, SCHEME, 0, end);
        return bearer ? value.substring(end + 1).strip() : "";
    }

    /** Why who has this grant is refused; null where not. */
    static @Nullable Problem refusal(Grant grant, Need need) {
        return grant.refusal(need).map(Bearer::problem).orElse(null);
    }

    private static Problem problem(Failure failure) {
        Code code =
                switch (failure.reason()) {
                    case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
                    case FORBIDDEN -> Code.FORBIDDEN;
                    default -> Code.STARTING;
                };
        return new Problem(code, failure.detail());
    }
}
