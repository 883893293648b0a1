/**
 * Membership of the replication group: how a node is configured, joins, founds, and is supervised. With
 * {@code fish.store} the only package that imports JE. Nothing here waits without a limit.
 */
@NullMarked
package fish.group;

import org.jspecify.annotations.NullMarked;
