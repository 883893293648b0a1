/**
 * Who may do what: what a request needs, what a token grants, and the gate that decides. Knows nothing of HTTP,
 * of the link or of how tokens are stored.
 */
@NullMarked
package fish.access;

import org.jspecify.annotations.NullMarked;
