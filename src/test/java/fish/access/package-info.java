/** Who may do what, while it is so and no longer. */
@NullMarked
package fish.access;

import org.jspecify.annotations.NullMarked;
