/**
 * The HTTP engine: the server, its router, one request under way ({@link fish.http.Call}), bodies, limits,
 * deadlines, and problem documents. Knows nothing of what Fish serves; that is {@code fish.api}.
 */
@NullMarked
package fish.http;

import org.jspecify.annotations.NullMarked;
