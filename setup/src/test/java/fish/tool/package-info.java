/** Tests of {@code bin/fish}: commands in this JVM against a real server over a store in memory, and as programs. */
@NullMarked
package fish.tool;

import org.jspecify.annotations.NullMarked;
