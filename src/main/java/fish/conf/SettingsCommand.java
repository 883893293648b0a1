package fish.conf;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** A command line with an option for every setting, {@code --conf}, and the file and environment behind them. */
public final class SettingsCommand {
    private static final String CONF = "--conf";
    private static final String STOP_WITH_INPUT = "--stop-with-stdin";

    /** What the command does with its settings. */
    public interface Action {
        /**
         * @param stopWithInput whether the end of standard input is the order to stop, which is how a parent
         *     process that dies takes this one with it
         * @return the exit code
         */
        int run(SettingValues values, boolean stopWithInput) throws ProgramException;
    }

    private final List<Setting<?>> settings;
    private final Path standardFile;
    private final Surroundings surroundings;
    private final Action action;
    private final CommandSpec spec;

    private SettingsCommand(
            String name, String description, List<Setting<?>> settings, Surroundings surroundings, Action action) {
        this.settings = List.copyOf(settings);
        this.standardFile = surroundings.installation().resolve("conf").resolve(name + ".properties");
        this.surroundings = surroundings;
        this.action = action;
        this.spec = CommandSpec.create()
                .name("bin/" + name)
                .mixinStandardHelpOptions(true)
                .versionProvider(new Version());
        spec.usageMessage()
                .description(description)
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .footer(
                        "",
                        "Every option can stand in the file too, and in the environment as FISH_NAME.",
                        "What is stronger: default < file < environment < option.");
    }

    /** @param name of the program: {@code bin/name} starts it and {@code conf/name.properties} sets it */
    public static CommandLine of(
            String name, String description, List<Setting<?>> settings, Surroundings surroundings, Action action) {
        SettingsCommand command = new SettingsCommand(name, description, settings, surroundings, action);
        settings.forEach(setting -> command.spec.addOption(option(setting)));
        command.spec.addOption(OptionSpec.builder(CONF)
                .type(Path.class)
                .paramLabel("FILE")
                .description("settings; default: conf/" + name + ".properties beside bin/")
                .build());
        command.spec.addOption(OptionSpec.builder(STOP_WITH_INPUT)
                .type(boolean.class)
                .hidden(true)
                .build());
        CommandLine line = new CommandLine(command.spec).setExecutionStrategy(command::execute);
        return Commands.withHouseRules(line, surroundings);
    }

    private static OptionSpec option(Setting<?> setting) {
        String standard =
                setting.shape() == Setting.Shape.FLAG || setting.standard().isEmpty()
                        ? ""
                        : "; default: " + setting.standard();
        OptionSpec.Builder option = OptionSpec.builder(setting.option())
                .paramLabel(setting.name().endsWith("port") ? "N" : "VALUE")
                .description((setting.summary() + standard).replace("%", "%%").replace("$", "$$"));
        return switch (setting.shape()) {
            case VALUE -> option.type(String.class).build();
            case FLAG ->
                option.type(String.class).arity("0..1").fallbackValue("true").build();
            case LIST -> option.type(List.class).auxiliaryTypes(String.class).build();
        };
    }

    private int execute(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        try {
            Path given = parsed.matchedOptionValue(CONF, standardFile);
            Sources sources = new Sources(
                    given.toString(),
                    read(given, parsed.hasMatchedOption(CONF)),
                    surroundings.environment(),
                    options(parsed));
            return action.run(SettingValues.resolve(settings, sources), parsed.hasMatchedOption(STOP_WITH_INPUT));
        } catch (ProgramException e) {
            return Commands.tell(e, parsed.commandSpec().commandLine());
        } catch (InvalidPathException e) {
            return Commands.tell(Commands.wrongPath(e), parsed.commandSpec().commandLine());
        }
    }

    private Map<String, String> options(ParseResult parsed) {
        Map<String, String> options = new HashMap<>();
        for (Setting<?> setting : settings) {
            Object value = parsed.matchedOptionValue(setting.option(), "");
            String text = value instanceof List<?> parts
                    ? String.join(",", parts.stream().map(String::valueOf).toList())
                    : value.toString();
            options.put(setting.name(), text);
        }
        return options;
    }

    private Map<String, String> read(Path file, boolean mustExist) throws ProgramException {
        Path path = surroundings.workingDirectory().resolve(file);
        if (!mustExist && !Files.exists(path)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw ProgramException.wrong("cannot read the settings in %s: %s".formatted(file, e))
                    .because(e);
        }
        Map<String, String> texts = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return texts;
    }
}
