package fish.conf;

import fish.contract.Durations;
import fish.contract.HostPort;
import fish.contract.NodeName;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One thing that can be set: in a file by its name, as an option {@code --name}, in the environment as
 * {@code FISH_NAME}.
 *
 * @param standard its default, as it would be written; empty where there is none
 * @param summary one line of help
 * @param parser throws IllegalArgumentException whose message says what would be right
 */
public record Setting<T>(String name, Shape shape, String standard, String summary, Function<String, T> parser) {
    /** How it is written on the command line. */
    public enum Shape {
        VALUE,
        /** Stands bare, or with {@code =true} or {@code =false}. */
        FLAG,
        /** May be given several times; elsewhere the parts stand between commas. */
        LIST
    }

    private static final Pattern ORIGIN =
            Pattern.compile("https?://([a-z0-9._-]{1,255}|\\[[0-9a-f:.]{2,45}])(:[0-9]{1,5})?");

    static Setting<String> text(String name, String summary) {
        return new Setting<>(name, Shape.VALUE, "", summary, text -> text);
    }

    static Setting<String> identifier(String name, String standard, String summary) {
        return new Setting<>(name, Shape.VALUE, standard, summary, Setting::checkName);
    }

    static String checkName(String text) {
        if (!NodeName.isOne(text)) {
            throw new IllegalArgumentException(NodeName.FORM);
        }
        if (text.endsWith(".fill")) {
            throw new IllegalArgumentException(
                    "a name does not end with \".fill\": that is a node's while it is filled");
        }
        return text;
    }

    static Setting<HostPort> hostPort(String name, int portMin, String summary) {
        return new Setting<>(name, Shape.VALUE, "", summary, text -> hostPort(text, portMin));
    }

    static Setting<List<HostPort>> hostPorts(String name, int portMin, String summary) {
        return new Setting<>(name, Shape.LIST, "", summary, text -> Arrays.stream(text.split(",", -1))
                .map(part -> hostPort(part.strip(), portMin))
                .toList());
    }

    /** Names without blanks. */
    static Setting<List<String>> words(String name, String standard, String summary) {
        return new Setting<>(name, Shape.LIST, standard, summary, text -> Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .peek(Setting::checkWord)
                .toList());
    }

    private static void checkWord(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new IllegalArgumentException("it is names, with commas between them");
        }
    }

    /** Origins as browsers write them. */
    static Setting<List<String>> origins(String name, String summary) {
        return new Setting<>(name, Shape.LIST, "", summary, text -> Arrays.stream(text.split(",", -1))
                .map(part -> part.strip().toLowerCase(Locale.ROOT))
                .peek(Setting::checkOrigin)
                .toList());
    }

    private static void checkOrigin(String text) {
        if (!ORIGIN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "an origin is a scheme, a host and where needed a port: https://app.example, http://localhost:3000");
        }
    }

    private static HostPort hostPort(String text, int portMin) {
        HostPort address = HostPort.parse(text);
        if (address.port() < portMin) {
            throw new IllegalArgumentException("its port is a number from " + portMin + " to 65535");
        }
        return address;
    }

    /** A yes or no, off by default. */
    public static Setting<Boolean> flag(String name, String summary) {
        return new Setting<>(name, Shape.FLAG, "false", summary, text -> {
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException("it is true or false");
            }
            return text.equals("true");
        });
    }

    public static Setting<Integer> integer(String name, int standard, int min, int max, String summary) {
        return new Setting<>(name, Shape.VALUE, Integer.toString(standard), summary, text -> {
            if (!text.matches("-?\\d{1,18}") || Long.parseLong(text) < min || Long.parseLong(text) > max) {
                throw new IllegalArgumentException("it is a whole number from " + min + " to " + max);
            }
            return Integer.parseInt(text);
        });
    }

    /** In whole milliseconds, as JE takes them: what is compared with another is what is used. */
    public static Setting<Duration> duration(String name, String standard, String min, String max, String summary) {
        return within(
                name, standard, min, max, summary, text -> Durations.parse(text).truncatedTo(ChronoUnit.MILLIS));
    }

    public static Setting<ByteSize> size(String name, String standard, String min, String max, String summary) {
        return within(name, standard, min, max, summary, ByteSize::parse);
    }

    /** A size, or a share of the heap in percent. */
    static Setting<ByteSize> heapShare(String name, String standard, long heapBytes, String summary) {
        return new Setting<>(name, Shape.VALUE, standard, summary, text -> {
            boolean share = text.matches("\\d{1,2}%");
            ByteSize size = share
                    ? new ByteSize(heapBytes / 100 * Integer.parseInt(text.substring(0, text.length() - 1)))
                    : ByteSize.parse(text);
            if (size.bytes() < heapBytes / 100 || size.bytes() > heapBytes / 100 * 70) {
                throw new IllegalArgumentException("it is 1% to 70% of the heap, in percent or as a size");
            }
            return size;
        });
    }

    public static <E extends Enum<E>> Setting<E> choice(String name, E standard, List<E> choices, String summary) {
        List<String> names = choices.stream().map(Setting::lower).toList();
        return new Setting<>(name, Shape.VALUE, lower(standard), summary, text -> {
            if (!names.contains(text)) {
                throw new IllegalArgumentException("it is one of " + String.join(", ", names));
            }
            return choices.get(names.indexOf(text));
        });
    }

    private static String lower(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static <C extends Comparable<C>> Setting<C> within(
            String name, String standard, String min, String max, String summary, Function<String, C> parser) {
        return new Setting<>(name, Shape.VALUE, standard, summary, text -> {
            C value = parser.apply(text);
            if (value.compareTo(parser.apply(min)) < 0 || value.compareTo(parser.apply(max)) > 0) {
                throw new IllegalArgumentException("it is at least " + min + " and at most " + max);
            }
            return value;
        });
    }

    String option() {
        return "--" + name;
    }

    String variable() {
        return "FISH_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
