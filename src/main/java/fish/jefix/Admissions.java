package fish.jefix;

import com.sleepycat.je.rep.impl.RepGroupDB;
import com.sleepycat.je.rep.impl.RepGroupImpl;
import com.sleepycat.je.rep.impl.RepGroupImpl.NodeConflictException;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import com.sleepycat.je.rep.impl.node.NameIdPair;
import com.sleepycat.je.rep.impl.node.RepNode;
import com.sleepycat.je.rep.stream.Protocol.NodeGroupInfo;
import fish.contract.HostPort;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who admits for which environment of this process, and what JE calls in place of its own {@code
 * ensureMember} once {@link AdmissionFix} is applied. Thread-safe.
 */
public final class Admissions {
    private static final ConcurrentHashMap<Path, Admission> BY_HOME = new ConcurrentHashMap<>();

    private Admissions() {}

    /** From now on asks {@code admission} where the environment in this home is master. */
    public static void register(Path home, Admission admission) {
        BY_HOME.put(home.toAbsolutePath(), admission);
    }

    /** The environment in this home is closed. */
    public static void forget(Path home) {
        BY_HOME.remove(home.toAbsolutePath());
    }

    /**
     * For JE alone, with what it has at hand.
     *
     * @throws NodeConflictException to refuse; JE sends the message to the applicant
     */
    public static void ensureMember(RepGroupDB members, NodeGroupInfo applicant, RepNode master) {
        Optional<String> refusal = refusal(applicant, master);
        if (refusal.isPresent()) {
            throw new NodeConflictException(refusal.get());
        }
        if (isAnother(applicant, master)) {
            throw new NodeConflictException("the name " + applicant.getNodeName() + " is another member's by now");
        }
        members.ensureMember(applicant);
    }

    /** For JE alone: whether the member of the applicant's name is confirmed, and is the applicant. */
    public static boolean isThatMember(RepNodeImpl member, NameIdPair applicant) {
        return member.isQuorumAck() && (applicant.hasNullId() || applicant.getId() == member.getNodeId());
    }

    /** Of one that was refused by nobody, though the group has another of its name. */
    private static boolean isAnother(NodeGroupInfo applicant, RepNode master) {
        RepNodeImpl member = master.getGroup().getNode(applicant.getNodeName());
        return member != null && member.isQuorumAck() && !isThatMember(member, applicant.getNameIdPair());
    }

    private static Optional<String> refusal(NodeGroupInfo applicant, RepNode master) {
        UUID theirs = applicant.getUUID();
        boolean blank = RepGroupImpl.isUnknownUUID(theirs);
        if (!blank && !theirs.equals(master.getGroup().getUUID())) {
            return Optional.of("the data of " + applicant.getNodeName()
                    + " is of another group of this name (different environment instances)");
        }
        Path home = master.getRepImpl().getEnvironmentHome().toPath().toAbsolutePath();
        Admission admission = BY_HOME.get(home);
        if (admission == null) {
            return Optional.empty();
        }
        HostPort address;
        try {
            address = new HostPort(applicant.getHostName(), applicant.port());
        } catch (IllegalArgumentException e) {
            return Optional.of("not an address: " + applicant.getHostName() + ":" + applicant.port());
        }
        return admission.whyNot(
                new Admission.Applicant(applicant.getNodeName(), address, blank, applicant.getNodeId()));
    }
}
