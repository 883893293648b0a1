package fish.conf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 512KiB}, {@code 64MiB}, {@code 2GiB}; {@code 0} needs no unit. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    public static final ByteSize ZERO = new ByteSize(0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB|TiB)");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + bytes);
        }
    }

    /** @throws IllegalArgumentException for anything that is not a size; the message says what is one */
    public static ByteSize parse(String text) {
        if (text.equals("0")) {
            return ZERO;
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("a size is a whole number with a unit: 512KiB, 64MiB, 2GiB");
        }
        long bytes = Long.parseLong(form.group(1));
        for (int unit = 0; !UNITS[unit].equals(form.group(2)); unit++) {
            bytes = bytes > Long.MAX_VALUE / 1024 ? Long.MAX_VALUE : bytes * 1024;
        }
        return new ByteSize(bytes);
    }

    /** For limits of things that live in one array or buffer. */
    public int asInt() {
        return Math.toIntExact(bytes);
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        long rest = bytes;
        int unit = 0;
        while (rest != 0 && rest % 1024 == 0 && unit < UNITS.length - 1) {
            rest /= 1024;
            unit++;
        }
        return bytes == 0 ? "0" : rest + UNITS[unit];
    }
}
