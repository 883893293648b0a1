/**
 * The load generator of {@code fish bench}: HTTP over plain non-blocking sockets, so that it costs little beside what it
 * measures. It knows nothing of command lines.
 */
@NullMarked
package fish.tool.bench;

import org.jspecify.annotations.NullMarked;
