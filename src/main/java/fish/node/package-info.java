/**
 * What a back-end and a front-end have in common: entering the group, following it, telling others about
 * themselves, and serving what their own replica holds.
 */
@NullMarked
package fish.node;

import org.jspecify.annotations.NullMarked;
