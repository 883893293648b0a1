package fish.store;

import fish.kv.Key;

/**
 * What one commit did to one key.
 *
 * @param deleted or put
 * @param created of a put: the revision that created the record; 0 for a delete
 */
public record StoredChange(Key key, boolean deleted, long created) {}
