package fish.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Keys by what they begin with: all that begin with any of a few prefixes. Immutable. */
public final class Scope {
    /** Prefixes of one scope. */
    public static final int PREFIXES_MAX = 32;

    /** Every key. */
    public static final Scope ALL = new Scope(List.of(new byte[0]));

    /** No key. */
    public static final Scope NONE = new Scope(List.of());

    // In the order of keys; none begins with another.
    private final List<byte[]> prefixes;
    private final int hash;

    private Scope(List<byte[]> prefixes) {
        this.prefixes = prefixes;
        int all = 1;
        for (byte[] prefix : prefixes) {
            all = 31 * all + Arrays.hashCode(prefix);
        }
        this.hash = all;
    }

    /** Not more than {@value #PREFIXES_MAX}, each of at most {@value Key#BYTES_MAX} bytes; else refused. */
    public static Scope of(Collection<byte[]> prefixes) {
        if (prefixes.size() > PREFIXES_MAX || prefixes.stream().anyMatch(prefix -> prefix.length > Key.BYTES_MAX)) {
            throw new IllegalArgumentException("at most " + PREFIXES_MAX + " prefixes of " + Key.BYTES_MAX + " bytes");
        }
        return reduced(prefixes);
    }

    /** Of one prefix; the empty one is that of every key. */
    public static Scope of(byte[] prefix) {
        return prefix.length == 0 ? ALL : new Scope(List.of(prefix.clone()));
    }

    private static Scope reduced(Collection<byte[]> prefixes) {
        List<byte[]> sorted = new ArrayList<>();
        prefixes.stream().map(byte[]::clone).sorted(Arrays::compareUnsigned).forEach(prefix -> {
            // What it begins with sorts right before it, or is one of the same beginning.
            if (sorted.isEmpty() || !begins(prefix, sorted.get(sorted.size() - 1))) {
                sorted.add(prefix);
            }
        });
        if (sorted.isEmpty()) {
            return NONE;
        }
        return sorted.get(0).length == 0 ? ALL : new Scope(List.copyOf(sorted));
    }

    private static boolean begins(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    public boolean isAll() {
        return prefixes.size() == 1 && prefixes.get(0).length == 0;
    }

    public boolean isNone() {
        return prefixes.isEmpty();
    }

    /** In the order of keys, none of which begins with another; not to be changed. */
    public List<byte[]> prefixes() {
        return prefixes;
    }

    public boolean covers(Key key) {
        byte[] bytes = key.bytes();
        for (byte[] prefix : prefixes) {
            if (begins(bytes, prefix)) {
                return true;
            }
        }
        return false;
    }

    /** The keys of both. */
    public Scope within(Scope other) {
        if (other.isAll() || equals(other)) {
            return this;
        }
        if (isAll()) {
            return other;
        }
        List<byte[]> both = new ArrayList<>();
        for (byte[] one : prefixes) {
            for (byte[] another : other.prefixes) {
                if (begins(one, another)) {
                    both.add(one);
                } else if (begins(another, one)) {
                    both.add(another);
                }
            }
        }
        return reduced(both);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Scope that) || prefixes.size() != that.prefixes.size()) {
            return false;
        }
        for (int i = 0; i < prefixes.size(); i++) {
            if (!Arrays.equals(prefixes.get(i), that.prefixes.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** How many prefixes, since they may be long. */
    @Override
    public String toString() {
        return isAll() ? "all keys" : prefixes.size() + " prefixes";
    }
}
