/**
 * What only a master does: the pen, which alone writes, the retry cache, the proof of strong reads, and the
 * commits with which a master begins and ends.
 */
@NullMarked
package fish.store.master;

import org.jspecify.annotations.NullMarked;
