/**
 * What a node counts of itself: histograms that cost the counting thread next to nothing, the registry that
 * turns them into Prometheus's text, and series over the last minutes and hour. Knows nothing of what is counted.
 */
@NullMarked
package fish.metrics;

import org.jspecify.annotations.NullMarked;
