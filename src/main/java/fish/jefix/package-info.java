/**
 * Every correction of JE, each with its reason. The only place that edits classes.
 */
@NullMarked
package fish.jefix;

import org.jspecify.annotations.NullMarked;
