/** Asking the members of a group, in JE's own words, who they are and who leads them. Opens nothing. */
@NullMarked
package fish.group.probe;

import org.jspecify.annotations.NullMarked;
