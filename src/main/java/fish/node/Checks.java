package fish.node;

import fish.api.Health;
import fish.group.DiskRoom;
import java.util.ArrayList;
import java.util.List;

/**
 * What both kinds of node say of themselves in {@code /health/ready?verbose}. Never a reason not to be
 * asked: a node whose disk is full serves reads.
 */
public final class Checks {
    private Checks() {}

    public static List<Health.Check> of(GroupMember groupMember, Clocks clocks) {
        String full = groupMember
                .disk()
                .filter(DiskRoom::full)
                .map(room -> "full, reads only: " + room.why())
                .orElse("");
        List<Health.Check> checks = new ArrayList<>(
                List.of(new Health.Check("disk", true, full), new Health.Check("clock", true, clocks.differing())));
        groupMember
                .transport()
                .tls()
                .ifPresent(tls -> checks.add(new Health.Check("certificate", true, tls.trouble())));
        return checks;
    }
}
