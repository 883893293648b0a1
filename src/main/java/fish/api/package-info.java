/**
 * What Fish serves over HTTP, the same on back-ends and front-ends: {@link fish.api.Routes} is the table,
 * each handler serves one kind of request, and the JSON forms are here. Requests become {@code fish.kv} reads
 * and writes, and how those end becomes statuses ({@link fish.api.Statuses}). Knows no store and no network.
 */
@NullMarked
package fish.api;

import org.jspecify.annotations.NullMarked;
