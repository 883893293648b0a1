/**
 * What clients did and saw, and the judges of it: linearizability of single keys, strict
 * serializability of transactions. Times are {@link System#nanoTime} of one JVM. Knows no network.
 */
@NullMarked
package fish.testing.history;

import org.jspecify.annotations.NullMarked;
