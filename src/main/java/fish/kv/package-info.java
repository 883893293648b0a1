/**
 * The vocabulary: keys, values, transactions, and how a request can end. JDK only, immutable unless
 * said otherwise, and known to every other package; it knows none of them.
 */
@NullMarked
package fish.kv;

import org.jspecify.annotations.NullMarked;
