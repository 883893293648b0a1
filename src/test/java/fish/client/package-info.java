/** The client, against a real server over a store in memory and against front-ends that fail in every way. */
@NullMarked
package fish.client;

import org.jspecify.annotations.NullMarked;
