/**
 * Fish as its users have it: the built programs as processes, in groups, tried over HTTP and by signals.
 * The tests share one group ({@link fish.system.SharedGroup}); each leaves it whole.
 */
@NullMarked
package fish.system;

import org.jspecify.annotations.NullMarked;
