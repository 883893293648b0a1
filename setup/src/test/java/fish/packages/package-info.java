/**
 * Fish as it is packed: the Debian package and its units, and what runs nodes in containers. Nothing here needs root,
 * systemd as process 1, Docker or a cluster.
 */
@NullMarked
package fish.packages;

import org.jspecify.annotations.NullMarked;
