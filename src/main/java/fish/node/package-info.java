/**
 * What a back-end and a front-end have in common: entering the group, following it, telling other nodes about
 * themselves ({@code /node}), and the view of the whole group that is made of what they tell.
 */
@NullMarked
package fish.node;

import org.jspecify.annotations.NullMarked;
