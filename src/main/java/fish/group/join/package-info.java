/**
 * Finding a group before JE is opened: asking its members, and founding only where there is none.
 */
@NullMarked
package fish.group.join;

import org.jspecify.annotations.NullMarked;
