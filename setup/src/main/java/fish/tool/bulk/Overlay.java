package fish.tool.bulk;

import fish.client.Change;
import fish.kv.Key;
import fish.kv.StoredRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has become of records since their page was read: the last that is known of each key that was changed. Lines lie
 * in a temporary file that goes with it, keys in memory. One thread.
 */
final class Overlay implements AutoCloseable {
    /** About 200 bytes each. */
    static final int KEYS_MAX = 300_000;

    private final TreeMap<Key, Place> places = new TreeMap<>();
    private final Set<Key> superseded = new HashSet<>();
    private final int keysMax;
    private final FileChannel lines;
    private long end;

    /**
     * Where a line lies.
     *
     * @param length 0: there is no record
     */
    private record Place(long offset, int length) {
        private static final Place NONE = new Place(0, 0);
    }

    Overlay(int keysMax) throws IOException {
        this.keysMax = keysMax;
        this.lines = Scratch.open();
    }

    /** @throws IOException also where more keys were changed than are kept */
    void apply(Change change) throws IOException {
        if (change instanceof Change.Put put) {
            put(put.record());
        } else if (change instanceof Change.Deleted) {
            gone(change.key());
        } else {
            superseded.add(change.key());
            place(change.key(), Place.NONE);
        }
    }

    void put(StoredRecord record) throws IOException {
        byte[] line = ExportLine.of(record);
        superseded.remove(record.key());
        ByteBuffer bytes = ByteBuffer.wrap(line);
        long offset = end;
        while (bytes.hasRemaining()) {
            end += lines.write(bytes, end);
        }
        place(record.key(), new Place(offset, line.length));
    }

    void gone(Key key) throws IOException {
        superseded.remove(key);
        place(key, Place.NONE);
    }

    private void place(Key key, Place place) throws IOException {
        places.put(key, place);
        if (places.size() > keysMax) {
            throw new IOException("more than " + keysMax + " records were changed while they were exported");
        }
    }

    /** Whether of a record only is known that it was changed, and was changed again. */
    boolean hasSuperseded() {
        return !superseded.isEmpty();
    }

    boolean has(Key key) {
        return places.containsKey(key);
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    /** The first key before this one; empty where there is none. */
    Optional<Key> firstBefore(Optional<Key> bound) {
        SortedMap<Key, Place> part = bound.isPresent() ? places.headMap(bound.get()) : places;
        return part.isEmpty() ? Optional.empty() : Optional.of(part.firstKey());
    }

    /** The line of a key, which is forgotten; empty where there is no record. */
    Optional<byte[]> take(Key key) throws IOException {
        Place place = places.remove(key);
        if (place == null || place.length() == 0) {
            return Optional.empty();
        }
        ByteBuffer line = ByteBuffer.allocate(place.length());
        while (line.hasRemaining()) {
            if (lines.read(line, place.offset() + line.position()) < 0) {
                throw new IOException("the temporary file of changes was cut short");
            }
        }
        return Optional.of(line.array());
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
