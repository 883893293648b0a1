package fish.tool;

import fish.contract.Durations;
import fish.kv.Key;
import fish.kv.Operation;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** How the words of a command line become what they mean; what they cannot mean is told as wrong. */
final class Types {
    private Types() {}

    /**
     * How long a record lives.
     *
     * @param millis {@link Operation#NO_TTL}: for ever
     */
    record Ttl(long millis) {}

    private interface Parser<T> {
        T parse(String text);
    }

    static CommandLine register(CommandLine line) {
        return line.registerConverter(Key.class, text -> checked(text, Key::of))
                .registerConverter(Duration.class, text -> checked(text, Durations::parse))
                .registerConverter(Ttl.class, text -> checked(text, Types::ttl));
    }

    private static Ttl ttl(String text) {
        if (text.equals("none")) {
            return new Ttl(Operation.NO_TTL);
        }
        long millis = Durations.parse(text).toMillis();
        if (millis < 1 || millis > Operation.TTL_MILLIS_MAX) {
            throw new IllegalArgumentException("a ttl is from 1ms to 3650d, or none");
        }
        return new Ttl(millis);
    }

    private static <T> T checked(String text, Parser<T> parser) {
        try {
            return parser.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    String.valueOf(e.getMessage()) + ", not '" + Printable.of(text, 60) + "'");
        }
    }
}
