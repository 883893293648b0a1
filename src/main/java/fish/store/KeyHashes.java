package fish.store;

import fish.kv.Key;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Keys that were counted, remembered by eight bytes each, so that some of them can be taken out again. Two
 * keys of one hash would be taken for one, which a drawn multiplier leaves to chance alone. One thread.
 */
final class KeyHashes {
    /** More are only counted: 8 MiB. */
    private static final int REMEMBERED_MAX = 1 << 20;

    private final long multiplier = new SecureRandom().nextLong() | 1;
    private long[] hashes = new long[64];
    private long count;

    void add(byte[] key) {
        if (count < REMEMBERED_MAX) {
            if (count == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * hashes.length);
            }
            hashes[(int) count] = hash(key);
        }
        count++;
    }

    /** How many there are besides these; empty: they are too many to tell. */
    OptionalLong countWithout(Collection<Key> keys) {
        if (keys.isEmpty()) {
            return OptionalLong.of(count);
        }
        if (count > REMEMBERED_MAX) {
            return OptionalLong.empty();
        }
        Set<Long> without = new HashSet<>();
        keys.forEach(key -> without.add(hash(key.bytes())));
        return OptionalLong.of(Arrays.stream(hashes, 0, (int) count)
                .filter(hash -> !without.contains(hash))
                .count());
    }

    private long hash(byte[] key) {
        long hash = multiplier;
        for (byte b : key) {
            hash = (hash ^ b) * multiplier;
            hash ^= hash >>> 29;
        }
        return hash;
    }
}
