/**
 * Settings: what can be set, where it was set (default, then file, then environment, then option), and
 * the command line made of it. Whatever is wrong is told all at once, before anything is started.
 */
@NullMarked
package fish.conf;

import org.jspecify.annotations.NullMarked;
