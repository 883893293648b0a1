package fish.home;

import fish.conf.ProgramException;
import fish.contract.HostPort;
import fish.contract.NodeName;
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
import java.util.zip.CRC32C;

/** What a home remembers, and the one file it is in; with a copy, since a byte of it can be damaged. */
record HomeFile(Instant created, Role role, State state, String group, String name, List<HostPort> buddies) {
    static final String FILE = "home.properties";
    private static final String COPY = FILE + ".copy";
    private static final String FORMAT = "1";
    private static final String CHECKSUM = "checksum";

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

    /**
     * From the file, or, where that is damaged, from its copy.
     *
     * @throws ProgramException if neither can be used
     */
    static HomeFile read(Path directory) throws ProgramException {
        Path file = directory.resolve(FILE);
        try {
            return parse(file);
        } catch (OtherFormatException e) {
            throw ProgramException.wrong(String.valueOf(e.getMessage())).because(e);
        } catch (IOException | RuntimeException e) {
            try {
                return parse(directory.resolve(COPY));
            } catch (IOException | RuntimeException copyToo) {
                throw ProgramException.wrong("cannot read %s: %s".formatted(file, e))
                        .because(e);
            }
        }
    }

    /** Another program wrote it; it is not damaged. */
    private static final class OtherFormatException extends IOException {
        private static final long serialVersionUID = 1;

        OtherFormatException(Path file, String format) {
            super("%s has format %s; this version of Fish knows format %s".formatted(file, format, FORMAT));
        }
    }

    private static HomeFile parse(Path file) throws IOException {
        Properties text = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            text.load(reader);
        }
        String format = text.getProperty("format", "none");
        // The first homes had none.
        String checksum = text.getProperty(CHECKSUM, "");
        if (!format.equals(FORMAT) && checksum.isEmpty() && format.matches("none|\\d+")) {
            throw new OtherFormatException(file, format);
        }
        HomeFile read = new HomeFile(
                Instant.parse(text.getProperty("created", "")),
                Role.valueOf(text.getProperty("role", "").toUpperCase(Locale.ROOT)),
                State.valueOf(text.getProperty("state", "").toUpperCase(Locale.ROOT)),
                text.getProperty("group", ""),
                text.getProperty("name", ""),
                Arrays.stream(text.getProperty("buddies", "").split(","))
                        .filter(buddy -> !buddy.isEmpty())
                        .map(HostPort::parse)
                        .toList());
        boolean whole = checksum.equals(read.checksumOf(format));
        if (whole && !format.equals(FORMAT)) {
            throw new OtherFormatException(file, format);
        }
        boolean named = (read.group.isEmpty() || NodeName.isOne(read.group))
                && (read.name.isEmpty() || NodeName.isOne(read.name));
        if (!format.equals(FORMAT) || !named || !(whole || checksum.isEmpty())) {
            throw new IOException("it is damaged");
        }
        return read;
    }

    /** On disk when it returns; the copy first, so that it is never older than the file. */
    void write(Path directory) throws IOException {
        String text = text();
        WholeFile.write(directory.resolve(COPY), text);
        WholeFile.write(directory.resolve(FILE), text);
    }

    private String text() {
        Properties text = new Properties();
        text.setProperty("format", FORMAT);
        text.setProperty("created", created.toString());
        text.setProperty("role", role.name().toLowerCase(Locale.ROOT));
        text.setProperty("state", state.name().toLowerCase(Locale.ROOT));
        text.setProperty("group", group);
        text.setProperty("name", name);
        text.setProperty("buddies", buddiesInWords());
        text.setProperty(CHECKSUM, checksumOf(FORMAT));
        StringWriter writer = new StringWriter();
        try {
            text.store(writer, "A node's home, kept by Fish itself");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toString();
    }

    private String buddiesInWords() {
        return buddies.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }

    private String checksumOf(String format) {
        return checksum(String.join(
                "\n", format, created.toString(), role.name(), state.name(), group, name, buddiesInWords()));
    }

    /** Of what must not be taken for something else when a byte of it is damaged. */
    static String checksum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
