package fish.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** What a host's name means on this machine: {@code localhost} is usually an address of each family. */
final class LocalAddresses {
    private LocalAddresses() {}

    /**
     * Those that this machine has; all of them where it has none, so that listening says why it fails.
     *
     * @throws IOException if the name is not known
     */
    static List<InetAddress> of(String host) throws IOException {
        List<InetAddress> all = List.of(InetAddress.getAllByName(host));
        List<InetAddress> here = new ArrayList<>();
        for (InetAddress address : all) {
            if (all.size() == 1 || isHere(address)) {
                here.add(address);
            }
        }
        return here.isEmpty() ? all : here;
    }

    private static boolean isHere(InetAddress address) throws SocketException {
        return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
    }
}
