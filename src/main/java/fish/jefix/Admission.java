package fish.jefix;

import fish.contract.HostPort;
import java.util.Optional;

/**
 * Who a master takes as a new electable member. Asked on a thread of JE's in the middle of a handshake,
 * before the applicant is counted: only reads, and does not wait. Thread-safe.
 */
public interface Admission {
    /** How a refusal begins that will not last: the applicant calls again. */
    String NOT_YET = "not yet: ";

    /**
     * A node that calls as electable, and is not counted as such here.
     *
     * @param blank it has nothing of any group yet; else it has this group's data, since another group's is
     *     refused without asking
     * @param id JE's number of the member of that name in what the applicant holds; below 0 where it knows
     *     of no such member. JE never gives a number twice in one group, not to the same name either
     */
    record Applicant(String name, HostPort address, boolean blank, int id) {}

    /**
     * @return why not, in words for the applicant's operator; empty to admit
     */
    Optional<String> whyNot(Applicant applicant);
}
