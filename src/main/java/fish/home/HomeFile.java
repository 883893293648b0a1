package fish.home;

import fish.conf.ProgramException;
import fish.contract.HostPort;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;

/** What a home remembers, and the one file it is in. */
record HomeFile(Instant created, Role role, State state, String group, String name, List<HostPort> buddies) {
    static final String FILE = "home.properties";
    private static final String FORMAT = "1";

    HomeFile {
        buddies = List.copyOf(buddies);
    }

    static HomeFile fresh(Instant now) {
        return new HomeFile(now, Role.NONE, State.NEW, "", "", List.of());
    }

    HomeFile entered(Role as, State reached, String inGroup, String asName) {
        return new HomeFile(created, as, reached, inGroup, asName, buddies);
    }

    HomeFile withBuddies(List<HostPort> found) {
        return new HomeFile(created, role, state, group, name, found);
    }

    static HomeFile read(Path directory) throws ProgramException {
        Path file = directory.resolve(FILE);
        Properties text = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            text.load(reader);
            if (!text.getProperty("format", "").equals(FORMAT)) {
                throw ProgramException.wrong("%s has format %s; this version of Fish knows format %s"
                        .formatted(file, text.getProperty("format", "none"), FORMAT));
            }
            return new HomeFile(
                    Instant.parse(text.getProperty("created", "")),
                    Role.valueOf(text.getProperty("role", "").toUpperCase(Locale.ROOT)),
                    State.valueOf(text.getProperty("state", "").toUpperCase(Locale.ROOT)),
                    text.getProperty("group", ""),
                    text.getProperty("name", ""),
                    Arrays.stream(text.getProperty("buddies", "").split(","))
                            .filter(buddy -> !buddy.isEmpty())
                            .map(HostPort::parse)
                            .toList());
        } catch (IOException | RuntimeException e) {
            throw ProgramException.wrong("cannot read %s: %s".formatted(file, e))
                    .because(e);
        }
    }

    /** On disk when it returns. */
    void write(Path directory) throws IOException {
        WholeFile.write(directory.resolve(FILE), text());
    }

    private String text() {
        Properties text = new Properties();
        text.setProperty("format", FORMAT);
        text.setProperty("created", created.toString());
        text.setProperty("role", role.name().toLowerCase(Locale.ROOT));
        text.setProperty("state", state.name().toLowerCase(Locale.ROOT));
        text.setProperty("group", group);
        text.setProperty("name", name);
        text.setProperty("buddies", buddies.stream().map(HostPort::toString).collect(Collectors.joining(",")));
        StringWriter writer = new StringWriter();
        try {
            text.store(writer, "A node's home, kept by Fish itself");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toString();
    }
}
