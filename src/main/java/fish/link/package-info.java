/**
 * The framed connection from a front-end to the master: an upgraded HTTP connection over which requests
 * go out and answers come back, in any order. {@link fish.link.LinkServer} takes such connections,
 * {@link fish.link.LinkConnector} opens them as {@link fish.link.LinkClient}s. Below them: messages
 * (codecs of the vocabulary), frames (a length, a kind, an id, a message), and one channel for both ends.
 */
@NullMarked
package fish.link;

import org.jspecify.annotations.NullMarked;
