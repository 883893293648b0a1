/**
 * A node's place in its replication group: how JE is configured, opened, followed and opened again, and what
 * makes a node a master. Nothing here waits without a limit.
 */
@NullMarked
package fish.group;

import org.jspecify.annotations.NullMarked;
