package fish.group;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a group does not take a node, in words that its operator can use; JE says it in its own. */
final class Refusals {
    /** Of {@link GroupAdmission}: after it nothing of JE's is worth reading. */
    static final String REMOVED = " was removed from the group";

    private static final String ANOTHER_GROUP = "different environment instances";
    private static final Pattern MEMBER_REMOVED = Pattern.compile("the member \\S+" + REMOVED);

    private static final Pattern IN_USE =
            Pattern.compile("A replica with the name: ([A-Za-z0-9._-]+)\\S* is already active with the Feeder");
    private static final Pattern ELSEWHERE = Pattern.compile("Conflicting (?:ports|hostnames) for replica id: .*"
            + " Feeder thinks it (?:uses|is): (\\S+) Replica is configured to use: ([^\\s,]+)");

    private static final int CAUSES_MAX = 20;

    private Refusals() {}

    /** Of it, or of what caused it; empty where JE's own words must do. */
    static Optional<String> inWords(Throwable thrown) {
        Throwable next = thrown;
        Optional<String> words = Optional.empty();
        for (int i = 0; i < CAUSES_MAX && next != null && words.isEmpty(); i++) {
            words = ofOne(next);
            next = next.getCause();
        }
        return words;
    }

    private static Optional<String> ofOne(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (thrown instanceof RemovedException) {
            return Optional.of(message);
        }
        Matcher removed = MEMBER_REMOVED.matcher(message);
        if (removed.find()) {
            return Optional.of(removed.group() + ": " + RemovedException.WHAT_TO_DO);
        }
        Matcher inUse = IN_USE.matcher(message);
        if (inUse.find()) {
            return Optional.of("a node of the name " + inUse.group(1) + " is in the group already: stop that one, or"
                    + " make this one a new home with a name of its own (bin/setup NAME)");
        }
        Matcher elsewhere = ELSEWHERE.matcher(message);
        if (elsewhere.find()) {
            return Optional.of("the group knows this node at another address (" + elsewhere.group(1) + ", not "
                    + elsewhere.group(2) + "): start it again while the others are up, or with the --address that"
                    + " it had");
        }
        if (message.contains(ANOTHER_GROUP)) {
            return Optional.of(
                    "the data in this home is of another group than the master that answers, though both have one name; nothing"
                            + " of it is lost. Where this home is right, stop that master and start this node again; where that"
                            + " one is, or this home is to be of another group: name a --buddy of that, or make a new home"
                            + " with bin/setup NAME --force");
        }
        return Optional.empty();
    }
}
