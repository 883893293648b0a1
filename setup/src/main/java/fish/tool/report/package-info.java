/** What {@code fish report} gathers of all nodes, and how it is packed. It knows nothing of command lines. */
@NullMarked
package fish.tool.report;

import org.jspecify.annotations.NullMarked;
