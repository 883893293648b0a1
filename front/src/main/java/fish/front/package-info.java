/** The front-end: the gateway. */
@NullMarked
package fish.front;

import org.jspecify.annotations.NullMarked;
