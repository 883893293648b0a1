/** What tests of all modules share. */
@NullMarked
package fish.testing;

import org.jspecify.annotations.NullMarked;
