/**
 * Much data at once: what {@code fish load} and {@code fish export} do, by the Java client alone. It knows nothing of
 * command lines.
 */
@NullMarked
package fish.tool.bulk;

import org.jspecify.annotations.NullMarked;
