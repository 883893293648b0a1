/**
 * What Fish as a whole is tried with: real programs in groups, networks that can be cut, seeded faults,
 * a plain HTTP client. It knows Fish by its HTTP contract and its bin/ programs alone. {@code history}
 * holds the checkers, {@code load} what writes histories.
 */
@NullMarked
package fish.testing;

import org.jspecify.annotations.NullMarked;
