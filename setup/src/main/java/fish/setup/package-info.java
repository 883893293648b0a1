/** Making homes, the demo, and the group's own tool. */
@NullMarked
package fish.setup;

import org.jspecify.annotations.NullMarked;
