/**
 * The HTTP face of a node, the same on back-ends and front-ends: requests become {@code fish.kv}
 * reads and writes, and how those end becomes statuses and JSON. Knows no store and no network but its
 * own. {@link fish.http.HttpFace} is the server, {@link fish.http.Routes} the table of what it serves,
 * {@link fish.http.Call} one request under way, {@link fish.http.Statuses} where reasons become codes.
 */
@NullMarked
package fish.http;

import org.jspecify.annotations.NullMarked;
