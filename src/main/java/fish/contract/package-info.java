/**
 * The words that server, client and tools share: codes of errors, durations, names and states of nodes.
 * Knows nothing of how any of it is served.
 */
@NullMarked
package fish.contract;

import org.jspecify.annotations.NullMarked;
