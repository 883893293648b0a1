/** What nodes tell each other, without a group. */
@NullMarked
package fish.node;

import org.jspecify.annotations.NullMarked;
