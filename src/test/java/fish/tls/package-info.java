/** What has a certificate gets in, and nothing else does. */
@NullMarked
package fish.tls;

import org.jspecify.annotations.NullMarked;
