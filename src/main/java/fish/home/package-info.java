/**
 * A node's home: the directory that {@code bin/setup} makes and one program at a time uses. It remembers
 * whose it is and whether its node has been in a group, because a node that has been in one must never
 * found another over the same data.
 */
@NullMarked
package fish.home;

import org.jspecify.annotations.NullMarked;
