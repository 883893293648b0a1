/**
 * Fish's promises about what it has answered, tried on real groups whose nodes are killed, paused and
 * cut off from each other. Each scenario is a class; the tests run it once or a few times, {@code
 * bin/soak} for as long as one likes.
 */
@NullMarked
package fish.faults;

import org.jspecify.annotations.NullMarked;
