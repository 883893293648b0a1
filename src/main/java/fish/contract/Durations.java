package fish.contract;

import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Durations as clients write them: a decimal number and a unit, {@code 250ms}, {@code 1.5s}, {@code 30d}. */
public final class Durations {
    private static final int CHARS_MAX = 32;
    private static final BigDecimal NANOS_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private Durations() {}

    /** In nanoseconds, fractions of one cut off; empty where it is no duration or more than 292 years. */
    public static OptionalLong nanos(String text) {
        int unit = unitStart(text);
        if (unit == 0 || text.length() > CHARS_MAX) {
            return OptionalLong.empty();
        }
        long nanosPerUnit =
                switch (text.substring(unit)) {
                    case "ms" -> TimeUnit.MILLISECONDS.toNanos(1);
                    case "s" -> TimeUnit.SECONDS.toNanos(1);
                    case "m" -> TimeUnit.MINUTES.toNanos(1);
                    case "h" -> TimeUnit.HOURS.toNanos(1);
                    case "d" -> TimeUnit.DAYS.toNanos(1);
                    default -> 0;
                };
        if (nanosPerUnit == 0) {
            return OptionalLong.empty();
        }
        BigDecimal nanos = new BigDecimal(text.substring(0, unit)).multiply(BigDecimal.valueOf(nanosPerUnit));
        return nanos.compareTo(NANOS_MAX) > 0 ? OptionalLong.empty() : OptionalLong.of(nanos.longValue());
    }

    /** Where {@code digits[.digits]} ends; 0 where there is none. */
    private static int unitStart(String text) {
        int whole = digitsEnd(text, 0);
        if (whole == 0 || whole == text.length() || text.charAt(whole) != '.') {
            return whole;
        }
        int fraction = digitsEnd(text, whole + 1);
        return fraction == whole + 1 ? 0 : fraction;
    }

    private static int digitsEnd(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }
}
