package fish.jefix;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.dbi.EnvironmentImpl;
import com.sleepycat.je.log.FileManager;
import com.sleepycat.je.log.LogUtils;
import com.sleepycat.je.rep.elections.Learner;
import com.sleepycat.je.rep.elections.Proposer;
import com.sleepycat.je.rep.elections.Protocol;
import com.sleepycat.je.rep.impl.TextProtocol;
import com.sleepycat.je.rep.utilint.BinaryProtocol;
import com.sleepycat.je.rep.utilint.NamedChannel;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What JE's classes call, once {@link PeerFix} has corrected them, where a peer may have sent nonsense. An
 * {@link IOException} is what JE takes for the end of a connection, wherever it reads from one; some of
 * the methods that are corrected do not declare it, which is for compilers only. Thread-safe.
 */
public final class PeerMessages {
    /** The body of a message from a peer that called us. They are questions and acknowledgements. */
    static final int ASKED_BYTES_MAX = 64 << 10;

    /**
     * The body of any other message. The largest is the record of the changes of a commit: of 64 MiB of
     * requests, where the settings say so, or of one larger transaction.
     */
    static final int BODY_BYTES_MAX = 128 << 20;

    /** What a peer that called us sends, by the names of JE's classes; the rest is what we would answer. */
    private static final Set<String> ASKED = Set.of(
            "ReplicaProtocolVersion",
            "ReplicaJEVersions",
            "NodeGroupInfo",
            "SNTPRequest",
            "EntryRequest",
            "RestoreRequest",
            "StartStream",
            "HeartbeatResponse",
            "Ack",
            "GroupAck",
            "ShutdownResponse",
            "ClientVersion",
            "FeederInfoReq",
            "FileListReq",
            "FileReq",
            "FileInfoReq",
            "Done",
            "BinaryNodeStateRequest");

    /** A time and an address, in hexadecimal digits; a number follows. */
    private static final int PROPOSAL_CHARS_MIN = 16 + 32;

    private static final int PROPOSAL_CHARS_MAX = 256;

    private static final Pattern LOG_FILE = Pattern.compile("[0-9a-f]{8}\\.jdb");
    private static final Logger LOG = Logger.getLogger(PeerMessages.class.getName());

    private PeerMessages() {}

    private static boolean isAccepted(ReadableByteChannel channel) {
        return channel instanceof Accepted
                || (channel instanceof NamedChannel named && named.getChannel() instanceof Accepted);
    }

    /** How long the body of a message may be, in bytes. */
    public static long bodyBytesMax(BinaryProtocol unused, ReadableByteChannel channel) {
        return isAccepted(channel) ? ASKED_BYTES_MAX : BODY_BYTES_MAX;
    }

    /** What makes a message of bytes. */
    public static Constructor<?> constructor(BinaryProtocol.MessageOp op, ReadableByteChannel channel)
            throws IOException {
        if (isAccepted(channel) && !ASKED.contains(op.toString())) {
            throw new IOException("a caller sent " + op);
        }
        return op.getConstructor();
    }

    /** In place of a failure that would invalidate the environment. */
    public static EnvironmentFailureException malformed(EnvironmentImpl unused, String message) throws IOException {
        throw new IOException(message);
    }

    /** In place of a failure. */
    public static EnvironmentFailureException malformed(String message) throws IOException {
        throw new IOException(message);
    }

    /** In place of a failure: a message that could not be made of its bytes. */
    public static EnvironmentFailureException unreadable(Exception cause) throws IOException {
        Throwable inner = cause instanceof InvocationTargetException target ? target.getCause() : cause;
        if (inner instanceof Error error) {
            throw error;
        }
        if (isOurs(inner)) {
            return EnvironmentFailureException.unexpectedException(cause);
        }
        throw new IOException("unreadable message: " + inner, cause);
    }

    private static boolean isOurs(@Nullable Throwable failure) {
        return failure instanceof EnvironmentFailureException e && e.getReason().invalidatesEnvironment();
    }

    /** A failure that leaves the environment as it is: a peer's question had no answer. */
    public static EnvironmentFailureException contained(EnvironmentImpl unused, String message) {
        return EnvironmentFailureException.unexpectedState(message);
    }

    /** As above, to be thrown: a peer that copies files asked for what cannot be. */
    public static RuntimeException contained(EnvironmentImpl unused, EnvironmentFailureReason reason, Throwable cause) {
        return isOurs(cause) ? (EnvironmentFailureException) cause : new IllegalStateException(cause);
    }

    /** The length of what follows in the same message, in units of at least one byte. */
    public static int length(ByteBuffer message) {
        int length = LogUtils.readInt(message);
        if (length < 0 || length > message.remaining()) {
            throw new IllegalArgumentException(length + " in a message of which " + message.remaining() + " are left");
        }
        return length;
    }

    /** The length of a filter, which no node of ours sends. */
    public static int noFilter(ByteBuffer message) {
        if (LogUtils.readInt(message) != 0) {
            throw new IllegalArgumentException("a filter");
        }
        return 0;
    }

    /** The path of a log file, and of nothing else. */
    public static String logFile(FileManager files, String name) throws IOException {
        if (!LOG_FILE.matcher(name).matches()) {
            throw new IOException("a peer asked for a file that is none of the log");
        }
        return files.getFullFileName(name);
    }

    /** Lets nothing but questions be taken for such. */
    public static void requireRequest(Object message) throws IOException {
        if (!(message instanceof TextProtocol.RequestMessage)) {
            throw new IOException("a caller sent an answer");
        }
    }

    /** A proposal in an election, as long as JE takes for granted that it is. */
    public static String proposal(String text) {
        if (text.length() < PROPOSAL_CHARS_MIN || text.length() > PROPOSAL_CHARS_MAX) {
            throw new IllegalArgumentException("no proposal");
        }
        return text;
    }

    /** Lets nothing be voted on without a proposal. */
    public static void requireProposal(@Nullable Object proposal) throws IOException {
        if (proposal == null) {
            throw new IOException("a caller sent no proposal");
        }
    }

    /** An election's result from a peer. */
    public static void result(Learner learner, Proposer.Proposal proposal, Protocol.Value value) throws IOException {
        try {
            learner.processResult(proposal, value);
        } catch (RuntimeException e) {
            if (isOurs(e)) {
                throw e;
            }
            throw new IOException("a result that cannot be: " + e, e);
        }
    }

    /** Whether what ended a thread of one connection is to end that connection alone. */
    public static boolean isContained(Throwable end) {
        return end instanceof RuntimeException && !isOurs(end);
    }

    /** From here on nothing but what {@link #isContained} excepts is told when this thread ends. */
    public static void containHere() {
        Thread thread = Thread.currentThread();
        UncaughtExceptionHandler jes = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((ended, end) -> {
            if (isContained(end)) {
                LOG.log(Level.FINE, "a peer's connection ended", end);
            } else {
                jes.uncaughtException(ended, end);
            }
        });
    }
}
