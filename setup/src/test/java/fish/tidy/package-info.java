/** Rules of the house about the sources and the documentation, as tests. */
@NullMarked
package fish.tidy;

import org.jspecify.annotations.NullMarked;
