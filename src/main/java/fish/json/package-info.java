/**
 * JSON as Fish reads and compares it: UTF-8, one document, bounded in depth. Thread-safe throughout.
 */
@NullMarked
package fish.json;

import org.jspecify.annotations.NullMarked;
