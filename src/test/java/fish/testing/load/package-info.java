/**
 * Seeded work against front-ends, bounded in time and count, that remembers what was promised:
 * histories for the checkers, or sums and acknowledgements that are verified once all is healed.
 */
@NullMarked
package fish.testing.load;

import org.jspecify.annotations.NullMarked;
