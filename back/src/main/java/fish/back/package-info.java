/** The back-end: the node that stores and votes. */
@NullMarked
package fish.back;

import org.jspecify.annotations.NullMarked;
