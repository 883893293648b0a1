package fish.home;

import fish.conf.ProgramException;
import fish.contract.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A back-end whose home lies beside another one, and has been in a group: somebody to join.
 *
 * @param address where others reached it when it was last in its group
 */
public record Neighbour(String group, HostPort address) {
    /** So many entries of the directory are looked at. */
    private static final int LOOKED_AT_MAX = 1_000;

    /** What {@link Home#moveAside} appends. */
    private static final Pattern ASIDE = Pattern.compile(".*\\.\\d{8}T\\d{6}\\.\\d{3}");

    /** The first by name, without opening it: its node may run. Homes that were moved aside are left out. */
    public static Optional<Neighbour> of(Path home) {
        Path directory = home.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.limit(LOOKED_AT_MAX)
                    .sorted()
                    .filter(other -> !other.equals(home.toAbsolutePath()))
                    .filter(other -> !ASIDE.matcher(other.toString()).matches())
                    .flatMap(other -> in(other).stream())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Neighbour> in(Path directory) {
        if (!Home.isOne(directory)) {
            return Optional.empty();
        }
        try {
            HomeFile noted = HomeFile.read(directory);
            return noted.role() == Role.BACK && noted.state() == State.MEMBER
                    ? Home.addressIn(directory).map(address -> new Neighbour(noted.group(), address))
                    : Optional.empty();
        } catch (ProgramException e) {
            // A home that cannot be read is nobody to join.
            return Optional.empty();
        }
    }
}
