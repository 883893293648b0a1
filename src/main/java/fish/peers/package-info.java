/**
 * What nodes tell each other over HTTP besides serving: each reports on itself at {@code GET /node}, the
 * others announce themselves to the master, and from both the view of the whole group is made.
 */
@NullMarked
package fish.peers;

import org.jspecify.annotations.NullMarked;
