/**
 * The life of a process: it says when it serves, says what happens in one line per event, is told to stop,
 * and closes what it opened in reverse order.
 */
@NullMarked
package fish.run;

import org.jspecify.annotations.NullMarked;
