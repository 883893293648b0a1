/**
 * What is on disk: the databases in one JE environment, their encodings, and reads of one state. What a
 * master, a replica and watchers do with it is in the rooms below. Only here, in {@code fish.group} and in
 * {@code fish.jefix} JE is imported.
 */
@NullMarked
package fish.store;

import org.jspecify.annotations.NullMarked;
