/**
 * A backup as a file: a tar that anybody can open, whose last entry names the SHA-256 of all before it. Written to
 * and read from streams; nothing here knows where the data comes from.
 */
@NullMarked
package fish.backup;

import org.jspecify.annotations.NullMarked;
