/** Tests of the HTTP face, against a model store, over real sockets. */
@NullMarked
package fish.http;

import org.jspecify.annotations.NullMarked;
