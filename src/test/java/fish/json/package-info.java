/** Tests of JSON. */
@NullMarked
package fish.json;

import org.jspecify.annotations.NullMarked;
