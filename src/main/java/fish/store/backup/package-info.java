/** The files of an open store: copied while it is used, and looked through for damage. */
@NullMarked
package fish.store.backup;

import org.jspecify.annotations.NullMarked;
