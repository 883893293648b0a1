/**
 * The group as people and programs see it: its nodes, who is master, who is well. JDK only; knows
 * nothing of how a group is held together, which is {@code fish.group}.
 */
@NullMarked
package fish.cluster;

import org.jspecify.annotations.NullMarked;
