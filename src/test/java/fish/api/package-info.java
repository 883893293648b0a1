/**
 * Tests of what is served, against a model store, over real sockets.
 */
@NullMarked
package fish.api;

import org.jspecify.annotations.NullMarked;
