package fish.setup;

import fish.conf.ProgramException;
import fish.home.WholeFile;
import fish.tls.CertificateAuthority;
import fish.tls.CertificateNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Certificates for the homes that {@code bin/setup} makes, of the CA beside them or of another. */
final class HomeCertificates {
    private static final String CA_DIRECTORY = "ca";

    /** Of this machine, however many it has. */
    private static final int OWN_HOSTS_MAX = 50;

    private final CertificateAuthority ca;
    private final List<String> hosts;
    private final List<String> told;

    private HomeCertificates(CertificateAuthority ca, List<String> hosts, List<String> told) {
        this.ca = ca;
        this.hosts = List.copyOf(hosts);
        this.told = List.copyOf(told);
    }

    /**
     * Finds the CA, or makes the one beside the homes. Blocks for a second then.
     *
     * @param ca the file with another one
     * @param hosts that the certificate is to be for; none: this machine's
     * @param mayMake whether a CA may be made where there is none
     * @throws ProgramException if there is none that can be used; no home was made
     */
    static HomeCertificates open(Path home, Optional<Path> ca, String password, List<String> hosts, boolean mayMake)
            throws ProgramException {
        for (String host : hosts) {
            if (!CertificateAuthority.isHost(host)) {
                throw ProgramException.wrong(
                        "--tls-host is a name or an address without a port, and this is not a host: " + host);
            }
        }
        try {
            if (ca.isPresent()) {
                return new HomeCertificates(CertificateAuthority.read(ca.get(), password), hosts, List.of());
            }
            Path directory = caBeside(home);
            if (directory.equals(home)) {
                throw ProgramException.wrong(home + " is where the CA lies: name the home otherwise");
            }
            Path file = directory.resolve(CertificateAuthority.FILE);
            // Looked for in the reverse of the order in which they are written, as by another program meanwhile.
            boolean certified = Files.exists(directory.resolve(CertificateAuthority.CERTIFICATE));
            if (Files.exists(file)) {
                CertificateAuthority found = CertificateAuthority.read(file, "");
                if (!certified) {
                    writeCertificate(found, directory);
                }
                return new HomeCertificates(found, hosts, List.of());
            }
            if (certified) {
                throw ProgramException.wrong(file + " is not here: name it with --tls-ca FILE, where it is kept");
            }
            if (!mayMake) {
                throw ProgramException.wrong("there is no CA in " + directory + ": name one with --tls-ca FILE");
            }
            Files.createDirectories(directory);
            CertificateAuthority made = CertificateAuthority.make();
            if (!wrote(made, directory)) {
                return new HomeCertificates(CertificateAuthority.read(file, ""), hosts, List.of());
            }
            return new HomeCertificates(
                    made,
                    hosts,
                    List.of(
                            "made a CA in " + directory + ": whoever has its " + CertificateAuthority.FILE
                                    + " can make nodes, keep it away from others;",
                            "  clients believe its " + CertificateAuthority.CERTIFICATE + ": curl --cacert "
                                    + directory.resolve(CertificateAuthority.CERTIFICATE)));
        } catch (IOException e) {
            throw ProgramException.wrong(String.valueOf(e.getMessage())).because(e);
        }
    }

    /** A program that makes both may have ended in between; where only reading is allowed it stays so. */
    private static void writeCertificate(CertificateAuthority found, Path directory) {
        try {
            found.writeCertificate(directory);
        } catch (IOException e) {
            // Certificates are made without it.
        }
    }

    /** False where another program has made one meanwhile: homes that are made side by side are of one CA. */
    private static boolean wrote(CertificateAuthority made, Path directory) throws IOException {
        Path apart = Files.createTempDirectory(directory, ".made-");
        Path key = apart.resolve(CertificateAuthority.FILE);
        Path certificate = apart.resolve(CertificateAuthority.CERTIFICATE);
        try {
            made.write(apart);
            name(key, directory.resolve(CertificateAuthority.FILE));
            Files.move(
                    certificate,
                    directory.resolve(CertificateAuthority.CERTIFICATE),
                    StandardCopyOption.REPLACE_EXISTING);
            WholeFile.forceNames(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(key);
            Files.deleteIfExists(certificate);
            Files.deleteIfExists(apart);
        }
    }

    /** Never in place of another. */
    private static void name(Path file, Path name) throws IOException {
        try {
            Files.createLink(name, file);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) {
            Files.move(file, name); // a file system without links
        }
    }

    /** Where the CA of this home lies, if there is one: with all others in its directory. */
    static Path caBeside(Path home) {
        return home.resolveSibling(CA_DIRECTORY);
    }

    /** What {@code --tls-renew} needs beside it for the CA beside this home; empty where there is none. */
    static Optional<String> flagsOfCaBeside(Path home) {
        if (Files.exists(caBeside(home).resolve(CertificateAuthority.FILE))) {
            return Optional.of("");
        }
        return Files.exists(caBeside(home).resolve(CertificateAuthority.CERTIFICATE))
                ? Optional.of(" --tls-ca FILE, which is where the CA's key is kept")
                : Optional.empty();
    }

    /**
     * Makes a certificate, or makes it anew. Blocks for seconds.
     *
     * @return what to tell
     */
    List<String> certify(Path home) throws ProgramException {
        List<String> all = new ArrayList<>(List.of("localhost", "127.0.0.1", "::1"));
        List<String> old = CertificateAuthority.hostsOf(home);
        all.addAll(hosts);
        all.addAll(old);
        if (hosts.isEmpty() && old.isEmpty()) {
            // Else the node is elsewhere, and whoever has its key could stand for this machine.
            all.addAll(ofThisMachine());
        }
        Path name = home.getFileName();
        Set<String> seen = new HashSet<>();
        List<String> hostsOfIt = all.stream()
                .filter(CertificateAuthority::isHost)
                .filter(host -> seen.add(CertificateNames.canonical(host)))
                .toList();
        try {
            ca.certify(home, String.valueOf(name), hostsOfIt, CertificateAuthority.NODE_VALIDITY);
        } catch (IOException e) {
            throw ProgramException.failed("no certificate could be made: " + e.getMessage())
                    .because(e);
        }
        List<String> sentences = new ArrayList<>(told);
        sentences.add("made a certificate in " + home.resolve("tls") + " for "
                + CertificateAuthority.NODE_VALIDITY.toDays() + " days and these hosts: "
                + String.join(", ", hostsOfIt));
        return sentences;
    }

    private static List<String> ofThisMachine() {
        Set<String> own = new LinkedHashSet<>();
        try {
            InetAddress local = InetAddress.getLocalHost();
            own.add(local.getHostName().toLowerCase(Locale.ROOT));
            own.add(local.getCanonicalHostName().toLowerCase(Locale.ROOT));
        } catch (UnknownHostException e) {
            // It goes by its addresses alone.
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                    .forEach(own::add);
        } catch (SocketException e) {
            // Names will do.
        }
        return own.stream().limit(OWN_HOSTS_MAX).toList();
    }
}
