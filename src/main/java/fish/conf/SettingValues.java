package fish.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What every setting is set to, and all that is wrong with it. Immutable. */
public final class SettingValues {
    /** They begin with {@code FISH_} and are for scripts and other programs. */
    private static final Set<String> NO_SETTINGS = Set.of(
            "FISH_DATA",
            "FISH_URL",
            "FISH_TOKEN",
            "FISH_STORE",
            "FISH_LOCK_REVISION",
            "FISH_JAVA_OPTS",
            "FISH_CA",
            "FISH_CA_PASSWORD");

    private final Map<Setting<?>, Object> values;
    private final List<String> problems;
    private final List<String> warnings;

    private SettingValues(Map<Setting<?>, Object> values, List<String> problems, List<String> warnings) {
        this.values = Map.copyOf(values);
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    /** Something that was set, and by whom. */
    private record Given(String text, String where) {}

    public static SettingValues resolve(List<Setting<?>> known, Sources sources) {
        Map<Setting<?>, Object> values = new HashMap<>();
        List<String> problems = new ArrayList<>(unknownInFile(known, sources));
        for (Setting<?> setting : known) {
            Given given = given(setting, sources);
            if (given.text().isEmpty()) {
                continue;
            }
            try {
                values.put(setting, setting.parser().apply(given.text()));
            } catch (IllegalArgumentException e) {
                problems.add("%s is \"%s\": %s".formatted(given.where(), given.text(), e.getMessage()));
            }
        }
        return new SettingValues(values, problems, unknownInEnvironment(known, sources));
    }

    /** @throws IllegalStateException where it is neither set rightly nor has a default: see {@link #problems} */
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new IllegalStateException(setting.name() + " is not set"));
    }

    @SuppressWarnings("unchecked") // put beside its setting by resolve alone
    public <T> Optional<T> find(Setting<T> setting) {
        return Optional.ofNullable((T) values.get(setting));
    }

    /** All that are set or have a default, by name, as text for people. */
    public Map<String, String> told() {
        return values.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().name(), entry -> String.valueOf(entry.getValue())));
    }

    /** Sentences, each of which names a setting and what it should be. */
    public List<String> problems() {
        return problems;
    }

    /** Sentences about what is odd and does no harm. */
    public List<String> warnings() {
        return warnings;
    }

    private static Given given(Setting<?> setting, Sources sources) {
        List<Given> strongestFirst = new ArrayList<>();
        strongestFirst.add(new Given(sources.options().getOrDefault(setting.name(), ""), setting.option()));
        strongestFirst.add(new Given(sources.environment().getOrDefault(setting.variable(), ""), setting.variable()));
        if (setting.name().equals("port")) {
            strongestFirst.add(new Given(sources.environment().getOrDefault("PORT", ""), "PORT"));
        }
        strongestFirst.add(new Given(
                sources.file().getOrDefault(setting.name(), "").strip(), setting.name() + " in " + sources.fileName()));
        strongestFirst.add(new Given(setting.standard(), setting.name()));
        return strongestFirst.stream()
                .filter(given -> !given.text().isEmpty())
                .findFirst()
                .orElse(new Given("", setting.option()));
    }

    private static List<String> unknownInFile(List<Setting<?>> known, Sources sources) {
        List<String> names = known.stream().map(Setting::name).toList();
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(sources.file().keySet())) {
            if (!names.contains(name)) {
                problems.add("unknown setting %s in %s%s".formatted(name, sources.fileName(), suggest(name, names)));
            }
        }
        return problems;
    }

    private static List<String> unknownInEnvironment(List<Setting<?>> known, Sources sources) {
        Set<String> names = known.stream().map(Setting::variable).collect(Collectors.toCollection(TreeSet::new));
        List<String> warnings = new ArrayList<>();
        for (String name : new TreeSet<>(sources.environment().keySet())) {
            if (name.startsWith("FISH_") && !names.contains(name) && !NO_SETTINGS.contains(name)) {
                warnings.add("unknown variable %s%s".formatted(name, suggest(name, List.copyOf(names))));
            }
        }
        return warnings;
    }

    private static String suggest(String name, List<String> names) {
        return Nearest.to(name, names)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }
}
