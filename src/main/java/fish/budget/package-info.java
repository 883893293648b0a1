/**
 * What a node may hold of others' bytes: {@link fish.budget.HeapBudget} shares the heap out, and a {@link
 * fish.budget.ByteBudget} keeps one share. Whoever holds bytes that others sent, asked for or wait for
 * takes them from a share first and gives them back.
 */
@NullMarked
package fish.budget;

import org.jspecify.annotations.NullMarked;
