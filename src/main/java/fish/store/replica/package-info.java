/**
 * Local reads, at any node: from its own copy, and how old that may be.
 */
@NullMarked
package fish.store.replica;

import org.jspecify.annotations.NullMarked;
