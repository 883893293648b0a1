/**
 * What is on disk and how it changes: the databases in one JE environment, their encodings, reads, and
 * the pen, which alone writes. With {@code fish.group} the only package that knows JE.
 */
@NullMarked
package fish.store;

import org.jspecify.annotations.NullMarked;
