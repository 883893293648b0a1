@NullMarked
package fish.budget;

import org.jspecify.annotations.NullMarked;
