package fish.contract;

import fish.kv.Consistency;
import fish.kv.Durability;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What parameters and answers call things, for those who write them and those who read them. */
public final class Words {
    public static final String NOT_APPLIED = "not-applied";
    public static final String UNKNOWN = "unknown";

    /** The levels that a request can ask for, from least to most. */
    public static final List<Durability> DURABILITIES = Arrays.stream(Durability.values())
            .filter(level -> level != Durability.DEFAULT)
            .toList();

    private Words() {}

    public static String of(Consistency consistency) {
        return lower(consistency);
    }

    public static String of(Durability durability) {
        return lower(durability);
    }

    public static Optional<Consistency> consistency(String word) {
        return Arrays.stream(Consistency.values())
                .filter(known -> of(known).equals(word))
                .findFirst();
    }

    /** One of {@link #DURABILITIES}. */
    public static Optional<Durability> durability(String word) {
        return DURABILITIES.stream().filter(known -> of(known).equals(word)).findFirst();
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
