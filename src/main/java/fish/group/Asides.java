package fish.group;

import fish.home.WholeFile;
import fish.store.LostCommits;
import fish.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The logs that a back-end could not go on with, each in a directory {@code aside-<time>} of its home. None
 * is written to again, and none is deleted unless all that is in it is in the group. Not thread-safe.
 */
final class Asides {
    /** As many may be kept; with one more a node stops, for somebody to look at them. */
    static final int KEPT_MAX = 4;

    private static final String PREFIX = "aside-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

    private final Path home;
    private final FillMarker marker;
    private final GroupEvents events;
    private final Clock clock;

    Asides(Path home, FillMarker marker, GroupEvents events, Clock clock) {
        this.home = home;
        this.marker = marker;
        this.events = events;
        this.clock = clock;
    }

    boolean full() {
        return kept().size() >= KEPT_MAX;
    }

    /** By name, the oldest first. */
    List<Path> kept() {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + home, e);
        }
    }

    /**
     * Moves all logs of a closed environment; from here on the home is one that must be filled.
     *
     * @param reason why the node cannot go on with them
     */
    void setAside(String reason) {
        String name = PREFIX + TIME.format(clock.instant());
        for (int i = 2; Files.exists(home.resolve(name)); i++) {
            name = PREFIX + TIME.format(clock.instant()) + "-" + i;
        }
        marker.write(new FillMarker.Content(name, true));
        move(name);
        events.event("set-aside", "reason", reason, "logs", home.resolve(name));
    }

    /** Goes on where a crash stopped it. */
    void finishMoving() {
        Optional<FillMarker.Content> content;
        try {
            content = marker.read();
        } catch (UncheckedIOException e) {
            // Damaged: what still was to be moved is not known, so that all is.
            setAside(Opening.explain(e));
            return;
        }
        content.filter(FillMarker.Content::moving).ifPresent(moving -> move(moving.aside()));
    }

    private void move(String name) {
        Path aside = home.resolve(name);
        try {
            Files.createDirectories(aside);
            for (Path file : LogFiles.in(home)) {
                Files.move(file, aside.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
            WholeFile.forceNames(aside);
            WholeFile.forceNames(home);
        } catch (IOException e) {
            throw new UncheckedIOException("the logs cannot be moved to " + aside, e);
        }
        marker.write(new FillMarker.Content(name, false));
    }

    /**
     * Says what the logs that were set aside last have and the group has not, and deletes them if that is
     * nothing.
     *
     * @param filled holds all that the group has acknowledged
     */
    void settle(Store filled) {
        String name = marker.read().map(FillMarker.Content::aside).orElse("");
        Path aside = home.resolve(name);
        if (name.isEmpty() || !Files.exists(aside)) {
            return;
        }
        LostCommits lost = LostCommits.of(aside, filled, clock.millis());
        if (!lost.nothing()) {
            events.event("kept-aside", "logs", aside, "reason", lost.inWords());
            return;
        }
        try {
            try (Stream<Path> files = Files.list(aside)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(aside);
            events.event("aside-removed", "logs", aside, "reason", "the group has all that was in them");
        } catch (IOException e) {
            events.event("kept-aside", "logs", aside, "reason", "cannot be deleted: " + e);
        }
    }
}
