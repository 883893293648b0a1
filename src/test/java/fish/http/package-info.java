/** The engine of HTTP, from within. */
@NullMarked
package fish.http;

import org.jspecify.annotations.NullMarked;
