package fish.contract;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Fish writes them everywhere: a decimal number and a unit, {@code 250ms}, {@code 1.5s},
 * {@code 5m}, {@code 12h}, {@code 30d}.
 */
public final class Durations {
    /** What is one, for messages. */
    public static final String FORM = "a duration is a decimal number with a unit: 250ms, 1.5s, 5m, 12h, 30d";

    private static final int CHARS_MAX = 32;
    private static final Pattern GRAMMAR = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h|d)");
    private static final BigDecimal NANOS_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private record Unit(String name, long nanos) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("d", Duration.ofDays(1).toNanos()),
            new Unit("h", Duration.ofHours(1).toNanos()),
            new Unit("m", Duration.ofMinutes(1).toNanos()),
            new Unit("s", Duration.ofSeconds(1).toNanos()),
            new Unit("ms", Duration.ofMillis(1).toNanos()));

    private Durations() {}

    /** In nanoseconds, fractions of one cut off; empty where it is no duration or more than 292 years. */
    public static OptionalLong nanos(String text) {
        Matcher form = GRAMMAR.matcher(text);
        if (text.length() > CHARS_MAX || !form.matches()) {
            return OptionalLong.empty();
        }
        long unit = UNITS.stream()
                .filter(known -> known.name().equals(form.group(2)))
                .findFirst()
                .orElseThrow()
                .nanos();
        BigDecimal nanos =
                new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit)).setScale(0, RoundingMode.DOWN);
        return nanos.compareTo(NANOS_MAX) > 0 ? OptionalLong.empty() : OptionalLong.of(nanos.longValueExact());
    }

    /** @throws IllegalArgumentException for anything that is not a duration; the message says what is one */
    public static Duration parse(String text) {
        OptionalLong nanos = nanos(text);
        if (nanos.isEmpty()) {
            throw new IllegalArgumentException(FORM);
        }
        return Duration.ofNanos(nanos.getAsLong());
    }

    /** In the largest unit that needs no fraction; what is below a millisecond is left out. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        for (Unit unit : UNITS) {
            long unitMillis = unit.nanos() / 1_000_000;
            if (millis != 0 && millis % unitMillis == 0) {
                return millis / unitMillis + unit.name();
            }
        }
        return millis + "ms";
    }
}
