/**
 * What nodes prove to each other: making certificates, reading them, taking up renewed ones, and refusing peers
 * that have none of the group's CA. Everything that connects nodes asks {@link fish.tls.NodeTransport} how.
 */
@NullMarked
package fish.tls;

import org.jspecify.annotations.NullMarked;
