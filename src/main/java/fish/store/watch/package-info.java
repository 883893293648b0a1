/**
 * What changed, told to watchers from a node's own copy: the log of changes, and who gets what of it.
 */
@NullMarked
package fish.store.watch;

import org.jspecify.annotations.NullMarked;
