package fish.conf;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Fish writes them everywhere: {@code 250ms}, {@code 1.5s}, {@code 5m}, {@code 12h}, {@code 30d}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");

    private record Unit(String name, long nanos) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("d", Duration.ofDays(1).toNanos()),
            new Unit("h", Duration.ofHours(1).toNanos()),
            new Unit("m", Duration.ofMinutes(1).toNanos()),
            new Unit("s", Duration.ofSeconds(1).toNanos()),
            new Unit("ms", Duration.ofMillis(1).toNanos()));

    private Durations() {}

    /** @throws IllegalArgumentException for anything that is not a duration; the message says what is one */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("a duration is a decimal number with a unit: 250ms, 1.5s, 5m, 12h, 30d");
        }
        long unit = UNITS.stream()
                .filter(known -> known.name().equals(form.group(2)))
                .findFirst()
                .orElseThrow()
                .nanos();
        BigDecimal nanos = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
        BigDecimal[] parts = nanos.setScale(0, RoundingMode.DOWN)
                .divideAndRemainder(BigDecimal.valueOf(Duration.ofSeconds(1).toNanos()));
        return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
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
