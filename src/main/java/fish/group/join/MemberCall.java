package fish.group.join;

import fish.group.join.FoundingCheck.Caller;
import fish.group.probe.NodeCall;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tells, of one incoming connection, whether a member of a group takes this address for another's. */
final class MemberCall {
    private static final int READ_MILLIS = 1000;
    private static final int LINE_BYTES_MAX = 64 * 1024;
    private static final int GROUP_NAME = 1;
    private static final int OPERATION = 3;

    private MemberCall() {}

    /**
     * @return empty if it is a stranger's
     * @throws IOException if it ends, or says nothing for a second
     */
    static Optional<Caller> read(Socket socket) throws IOException {
        socket.setSoTimeout(READ_MILLIS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        Optional<String> service = service(in);
        if (service.isEmpty()) {
            return Optional.empty();
        }
        String remote = String.valueOf(socket.getRemoteSocketAddress());
        return switch (service.get()) {
            // Only a replica asks for it, of the one that it takes for its master.
            case "Feeder" -> Optional.of(new Caller(remote, "Feeder", ""));
            case "Acceptor", "Learner" -> {
                socket.getOutputStream().write(NodeCall.SERVICE_OK);
                yield announcement(remote, service.get(), line(in));
            }
            default -> Optional.empty();
        };
    }

    private static Optional<String> service(DataInputStream in) throws IOException {
        byte[] prefix = in.readNBytes(NodeCall.SERVICE_PREFIX.length());
        if (!new String(prefix, StandardCharsets.US_ASCII).equals(NodeCall.SERVICE_PREFIX)) {
            return Optional.empty();
        }
        int length = in.readByte();
        return length <= 0
                ? Optional.empty()
                : Optional.of(new String(in.readNBytes(length), StandardCharsets.US_ASCII));
    }

    /** A result of an election, or a proposal in one; the query for a master is anybody's. */
    private static Optional<Caller> announcement(String remote, String service, String line) {
        String[] tokens = line.split("\\|", -1);
        if (tokens.length <= OPERATION) {
            return Optional.empty();
        }
        boolean fromMember = service.equals("Acceptor") || tokens[OPERATION].equals("RE");
        return fromMember ? Optional.of(new Caller(remote, service, tokens[GROUP_NAME])) : Optional.empty();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (line.size() <= LINE_BYTES_MAX) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("ended within a line");
            }
            if (next == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(next);
        }
        throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
    }
}
