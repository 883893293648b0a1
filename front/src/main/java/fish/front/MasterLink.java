package fish.front;

import fish.link.LinkClient;

/**
 * A connection to a serving master.
 *
 * @param term of that office
 * @param http the master's address
 */
record MasterLink(LinkClient client, long term, String http) {}
