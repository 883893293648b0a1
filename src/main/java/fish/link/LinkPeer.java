package fish.link;

/**
 * What the other end of a connection knows of, as it said in the upgrade.
 *
 * @param pieces whether it takes large frames in pieces
 * @param tokens whether it takes who asks, what only tokens need, and refusals for their sake
 * @param conditions whether it takes more conditions of a transaction than a list of it has entries
 */
record LinkPeer(boolean pieces, boolean tokens, boolean conditions) {}
