package fish.tool;

import java.util.Locale;

/** How much something is, for people: {@code 512 B}, {@code 30.4 KiB}, {@code 1.2 GiB}. */
final class ByteCount {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private ByteCount() {}

    static String of(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double rest = bytes / 1024.0;
        int unit = 0;
        while (rest >= 1024 && unit < UNITS.length - 1) {
            rest /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", rest, UNITS[unit]);
    }
}
