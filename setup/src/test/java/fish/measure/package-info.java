/**
 * Commands that measure what depends on the machine, and on who else uses it; no tests. {@code bin/measure} names and
 * runs them. They start the built programs as the tests of {@code fish.system} do.
 */
@NullMarked
package fish.measure;

import org.jspecify.annotations.NullMarked;
