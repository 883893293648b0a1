package fish.group;

import fish.contract.HostPort;
import fish.contract.NodeName;
import fish.tls.NodeTransport;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one node of a group is told about itself.
 *
 * @param group 1 to {@value #NAME_LENGTH_MAX} letters, digits, hyphens, underscores and periods
 * @param name as {@code group}; nobody else's in the group
 * @param address where the other nodes reach this one
 * @param helpers where to look for the group. Its own address alone founds a new group in an empty home;
 *     none is enough for a node that has been in a group
 * @param priority in elections between equally up-to-date nodes; 0 for one that is never master
 * @param home its directory, which exists
 * @param cacheBytes of JE's cache; 96 KiB or more
 * @param freeDiskBytes writes are refused when the file system has less than this left, or less than JE needs
 * @param maxDiskBytes writes are refused when the data takes more than this; 0 for no limit
 * @param transport how it speaks with the others
 */
public record NodeOptions(
        String group,
        String name,
        HostPort address,
        Set<HostPort> helpers,
        int priority,
        Path home,
        long cacheBytes,
        long freeDiskBytes,
        long maxDiskBytes,
        Timeouts timeouts,
        NodeTransport transport) {
    /** Characters. */
    public static final int NAME_LENGTH_MAX = 128;

    private static final long CACHE_BYTES_MIN = 96 * 1024;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + NAME_LENGTH_MAX + "}");

    public NodeOptions {
        requireName("group", group);
        requireName("node", name);
        require(
                !name.endsWith(NodeName.FILLING_SUFFIX),
                "the name of a node does not end with " + NodeName.FILLING_SUFFIX);
        require(priority >= 0, "a priority is not negative");
        require(cacheBytes >= CACHE_BYTES_MIN, "a cache has at least " + CACHE_BYTES_MIN + " bytes");
        require(freeDiskBytes >= 0 && maxDiskBytes >= 0, "a limit of the disk is not negative");
        helpers = Set.copyOf(helpers);
    }

    /** Without TLS. */
    public NodeOptions(
            String group,
            String name,
            HostPort address,
            Set<HostPort> helpers,
            int priority,
            Path home,
            long cacheBytes,
            long freeDiskBytes,
            long maxDiskBytes,
            Timeouts timeouts) {
        this(
                group,
                name,
                address,
                helpers,
                priority,
                home,
                cacheBytes,
                freeDiskBytes,
                maxDiskBytes,
                timeouts,
                NodeTransport.PLAIN);
    }

    /** Whether this node makes a new group, if its home is empty. */
    boolean founds() {
        return helpers.equals(Set.of(address));
    }

    /** The same node, which looks for its group there. */
    NodeOptions withHelpers(Set<HostPort> others) {
        return new NodeOptions(
                group,
                name,
                address,
                others,
                priority,
                home,
                cacheBytes,
                freeDiskBytes,
                maxDiskBytes,
                timeouts,
                transport);
    }

    /** Whether this home, a directory or nothing yet, holds data of a node. */
    public static boolean hasData(Path home) {
        String[] files = home.toFile().list((directory, name) -> name.endsWith(".jdb"));
        return files != null && files.length > 0;
    }

    private static void requireName(String of, String name) {
        require(
                NAME.matcher(name).matches(),
                "the name of a " + of + " is 1 to " + NAME_LENGTH_MAX
                        + " letters, digits, hyphens, underscores and periods, unlike \"" + name + "\"");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
