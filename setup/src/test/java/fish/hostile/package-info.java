/**
 * What anybody can send to the ports of a node: valid requests, nearly valid ones and nonsense, many and
 * large ones, slow and silent connections. Seeded; nodes are real programs with small heaps, and one
 * well-behaved client watches what its requests suffer meanwhile.
 */
@NullMarked
package fish.hostile;

import org.jspecify.annotations.NullMarked;
