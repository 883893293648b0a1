package fish.home;

import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.conf.ShellWord;
import fish.contract.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node's home, open: no other process can open it until this one closes it or dies.
 *
 * <p>What it remembers is on disk when a method returns; a disk that refuses is an UncheckedIOException.
 * Thread-safe.
 */
public final class Home implements AutoCloseable {
    static final String LOCK = "lock";
    static final String DATA = "data";
    private static final String ADDRESS = "address";
    private static final String RESTORED = "restored";
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);
    private static final DateTimeFormatter ASIDE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Role role;
    private final FileChannel lock;
    private HomeFile remembered;

    private Home(Path directory, Role role, FileChannel lock, HomeFile remembered) {
        this.directory = directory;
        this.role = role;
        this.lock = lock;
        this.remembered = remembered;
    }

    /** What all users of this machine can read of it: itself, and the node's key; nothing where that cannot be told. */
    public List<Path> openToOthers() {
        List<Path> open = new ArrayList<>();
        Path key = directory.resolve(NodeSettings.TLS);
        for (Path path : List.of(directory, key, key.resolve("node.pem"))) {
            try {
                if (Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
                    open.add(path);
                } else {
                    return open; // and with it all that lies in it is closed
                }
            } catch (IOException | UnsupportedOperationException e) {
                return open;
            }
        }
        return open;
    }

    /** Makes a new one. Never touches what is there: then it fails. */
    public static void make(Path directory, Clock clock) throws ProgramException {
        if (Files.exists(directory)) {
            throw ProgramException.failed(
                    directory + " exists already; nothing was changed (--force moves it aside, and makes a new one)");
        }
        try {
            makeForOwnerAlone(directory);
            Files.createDirectory(directory.resolve(DATA));
            HomeFile.fresh(clock.instant()).write(directory);
            WholeFile.forceNamesBeside(directory);
        } catch (IOException e) {
            throw ProgramException.failed("cannot make %s: %s".formatted(directory, e))
                    .because(e);
        }
    }

    /** What is stored lies there as it is: no other user of the machine may look. */
    private static void makeForOwnerAlone(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Files.createDirectory(directory, mode);
    }

    /** Whether it is a home, of whatever node. */
    public static boolean isOne(Path directory) {
        return Files.exists(directory.resolve(HomeFile.FILE));
    }

    /**
     * Says of a new home, whose data was copied from another group's, that its node founds a group with it. On
     * disk when it returns.
     */
    public static void markRestored(Path directory, String from) throws IOException {
        WholeFile.write(directory.resolve(RESTORED), from + "\n");
    }

    /**
     * Moves a home out of the way, named with the time, unless a program is using it.
     *
     * @return where it is now
     */
    public static Path moveAside(Path directory, Clock clock) throws ProgramException {
        if (!Files.exists(directory.resolve(HomeFile.FILE))) {
            throw ProgramException.failed(directory + " is not a node's home; nothing was changed");
        }
        Path aside = directory.resolveSibling(directory.getFileName() + "." + ASIDE.format(clock.instant()));
        FileChannel lock = lock(directory);
        try {
            return Files.move(directory, aside);
        } catch (IOException e) {
            throw ProgramException.failed("cannot move %s to %s: %s".formatted(directory, aside, e))
                    .because(e);
        } finally {
            unlock(lock);
        }
    }

    /** Opens one for a program that runs as {@code role}. Changes nothing in it yet. */
    public static Home open(Path directory, Role role) throws ProgramException {
        if (!Files.exists(directory)) {
            throw ProgramException.wrong(
                    "there is no home %s: make it with bin/setup %s".formatted(directory, argument(directory)));
        }
        if (!Files.exists(directory.resolve(HomeFile.FILE))) {
            throw ProgramException.wrong(directory + " is not a home: bin/setup makes one, under a name not in use");
        }
        Role owner = HomeFile.read(directory).role();
        if (owner != Role.NONE && owner != role) {
            throw ProgramException.wrong(
                    "%s is the home of %s and cannot be used by %s".formatted(directory, owner, role));
        }
        FileChannel lock = lock(directory);
        try {
            return new Home(directory, role, lock, HomeFile.read(directory));
        } catch (ProgramException e) {
            unlock(lock);
            throw e;
        }
    }

    /** Where the node's data lies; exists. */
    public Path dataDir() {
        return directory.resolve(DATA);
    }

    public synchronized State state() {
        return remembered.state();
    }

    /** Members of the group that were met last, to find it again; may be empty. */
    public synchronized List<HostPort> buddies() {
        return remembered.buddies();
    }

    /**
     * How a node goes into its group from here, given what it was told; or why it cannot.
     *
     * @param wantMaster whether it was told to found the group if it is new and knows nobody
     */
    public synchronized Entry entry(String group, String name, boolean wantMaster, List<HostPort> buddies)
            throws ProgramException {
        if (isRestored()) {
            return entryOfRestored(buddies);
        }
        if (remembered.state() == State.NEW) {
            return entryOfNew(wantMaster, buddies);
        }
        if (!remembered.group().equals(group)) {
            throw ProgramException.wrong("%s is a node's home in group %s, not %s: use --group %s"
                    .formatted(directory, remembered.group(), group, remembered.group()));
        }
        if (!remembered.name().equals(name)) {
            throw ProgramException.wrong("%s is the home of node %s, not %s: use --name %s"
                    .formatted(directory, remembered.name(), name, remembered.name()));
        }
        if (remembered.state() == State.MEMBER) {
            return Entry.RETURN;
        }
        if (!buddies.isEmpty()) {
            throw ProgramException.wrong(("%s began to found group %s and was interrupted: start it without --buddy to"
                            + " finish, or make a new home with bin/setup %s --force")
                    .formatted(directory, group, argument(directory)));
        }
        return Entry.FOUND;
    }

    /** Whether a group is still to be founded with what its data directory holds. */
    public boolean isRestored() {
        return Files.exists(directory.resolve(RESTORED));
    }

    private Entry entryOfRestored(List<HostPort> buddies) throws ProgramException {
        if (role != Role.BACK) {
            throw ProgramException.wrong(directory + " was restored, and founds a group: start bin/back with it");
        }
        if (!buddies.isEmpty()) {
            throw ProgramException.wrong(
                    directory + " was restored, and founds a group of its own: start it without --buddy");
        }
        return Entry.RETURN;
    }

    /** To be called once the restored data is that of a new group, of which this node is the only member. */
    public synchronized void refounded(String group, String name) {
        if (remembered.state() != State.MEMBER) {
            enter(State.MEMBER, group, name);
        }
        try {
            Files.deleteIfExists(directory.resolve(RESTORED));
            WholeFile.forceNames(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + directory, e);
        }
    }

    private Entry entryOfNew(boolean wantMaster, List<HostPort> buddies) throws ProgramException {
        if (!buddies.isEmpty()) {
            return Entry.JOIN;
        }
        if (wantMaster) {
            return Entry.FOUND;
        }
        throw ProgramException.wrong(
                directory + " has never been in a group: name a member of it with --buddy HOST:PORT"
                        + (role == Role.BACK ? ", or found a group with --want-master" : ""));
    }

    /** To be called before the first byte of a group's data is written by the node that founds it. */
    public void foundingStarted(String group, String name) {
        enter(State.FOUNDING, group, name);
    }

    /** To be called once the node is in its group, and again as often as it likes. */
    public void joined(String group, String name) {
        enter(State.MEMBER, group, name);
    }

    /** Where its node was reached by others when it was last in its group; empty where that was not noted. */
    public synchronized Optional<HostPort> address() {
        return addressIn(directory);
    }

    /** The same, of a home that need not be open. */
    static Optional<HostPort> addressIn(Path directory) {
        Path file = directory.resolve(ADDRESS);
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            // The first homes had no second line.
            boolean whole =
                    lines.size() == 1 || (lines.size() == 2 && lines.get(1).equals(HomeFile.checksum(lines.get(0))));
            return whole ? Optional.of(HostPort.parse(lines.get(0))) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** To be called once the node is in its group, and again as often as it likes. */
    public synchronized void rememberAddress(HostPort address) {
        if (address().filter(address::equals).isPresent()) {
            return;
        }
        try {
            WholeFile.write(directory.resolve(ADDRESS), address + "\n" + HomeFile.checksum(address.toString()) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + directory, e);
        }
    }

    /** Remembers where the group can be found next time. */
    public synchronized void remember(List<HostPort> buddies) {
        if (!remembered.buddies().equals(buddies)) {
            keep(remembered.withBuddies(buddies));
        }
    }

    private synchronized void enter(State reached, String group, String name) {
        if (remembered.state().compareTo(reached) < 0) {
            keep(remembered.entered(role, reached, group, name));
        }
    }

    private void keep(HomeFile changed) {
        if (!lock.isOpen()) {
            throw new IllegalStateException(directory + " is closed");
        }
        try {
            changed.write(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + directory, e);
        }
        remembered = changed;
    }

    @Override
    public void close() {
        unlock(lock);
    }

    private static FileChannel lock(Path directory) throws ProgramException {
        try {
            FileChannel channel =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                unlock(channel);
                throw inUse(directory).because(e);
            }
            unlock(channel);
            throw inUse(directory);
        } catch (IOException e) {
            throw ProgramException.failed("cannot lock %s: %s".formatted(directory, e))
                    .because(e);
        }
    }

    private static ProgramException inUse(Path directory) {
        return ProgramException.failed(directory + " is in use by another process");
    }

    private static String argument(Path directory) {
        Path parent = directory.getParent();
        boolean usual = parent != null && parent.endsWith("database");
        return ShellWord.of(usual ? String.valueOf(directory.getFileName()) : directory.toString());
    }

    private static void unlock(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock", e);
        }
    }
}
