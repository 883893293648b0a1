package fish.setup;

import fish.conf.ProgramException;
import fish.conf.ShellWord;
import fish.conf.Surroundings;
import fish.conf.Version;
import fish.home.Home;
import fish.home.Neighbour;
import fish.home.StoppedHome;
import fish.store.HeldData;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a node's home. Never destroys what is there. */
@Command(
        name = "bin/setup",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Makes the home of a node. Never destroys data.")
public final class SetupCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(
            paramLabel = "NAME",
            description = "A bare name lies under database/ (or $$FISH_DATA); a path is taken as it is.")
    private String name;

    @Option(names = "--force", description = "Move a home that is there aside, named with the time.")
    private boolean force;

    @Option(
            names = "--restore",
            paramLabel = "FILE|HOME",
            description = "Found a group anew from a backup, or from a stopped back-end's home, which is copied and"
                    + " not changed: for when a majority is lost for good.")
    private String restore = "";

    @Option(
            names = "--tls",
            description = "Make a certificate for the node, and a CA in ca/ beside it if there is none.")
    private boolean tls;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "The CA to use: PEM with its certificate and its PKCS #8 key, or PKCS #12 whose password is"
                    + " in $$FISH_CA_PASSWORD. Means --tls.")
    private String tlsCa = "";

    @Option(
            names = "--tls-host",
            paramLabel = "HOST",
            split = ",",
            description = "A name or an address at which the node will be reached, beside localhost; without it those"
                    + " of this machine. May be given several times. Means --tls.")
    private List<String> tlsHosts = List.of();

    @Option(
            names = "--tls-renew",
            description = "Make a new certificate for a home that is there, for the hosts of its old one; a node that"
                    + " runs takes it up.")
    private boolean tlsRenew;

    public SetupCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ProgramException {
        if (name.isEmpty()) {
            throw ProgramException.wrong("NAME is empty");
        }
        Path home = surroundings.home(name);
        PrintStream out = surroundings.out();
        Optional<HomeCertificates> certificates = certificates(home);
        if (tlsRenew) {
            return renewed(home, certificates.orElseThrow());
        }
        if (!restore.isEmpty()) {
            return restored(home, certificates);
        }
        if (force && Files.exists(home)) {
            out.println("moved aside: " + Home.moveAside(home, surroundings.clock()));
        }
        Home.make(home, surroundings.clock());
        out.println("made " + home);
        certifyOrWarn(certificates, home);
        sayWhatToRun(home);
        return 0;
    }

    private void sayWhatToRun(Path home) {
        PrintStream out = surroundings.out();
        String word = ShellWord.of(name);
        Optional<Neighbour> neighbour = Neighbour.of(home);
        out.println("run next, one of:");
        if (neighbour.isPresent()) {
            Neighbour member = neighbour.get();
            String rest = " --address HOST:PORT --buddy " + member.address()
                    + (member.group().equals("fish") ? "" : " --group " + ShellWord.of(member.group()));
            out.println("  bin/back --dir " + word + rest + "     # join the group whose homes lie here");
            out.println("  bin/front --dir " + word + rest + "    # serve it");
            return;
        }
        out.println("  bin/back --dir " + word + " --address localhost:9000 --want-master    # found a group");
        out.println("  bin/back --dir " + word + " --address HOST:PORT --buddy HOST:PORT     # join one");
        out.println("  bin/front --dir " + word + " --address HOST:PORT --buddy HOST:PORT    # serve one");
    }

    /** With the CA at hand, before anything is made; empty where none is wanted. */
    private Optional<HomeCertificates> certificates(Path home) throws ProgramException {
        if (!tls && tlsCa.isEmpty() && tlsHosts.isEmpty() && !tlsRenew) {
            return Optional.empty();
        }
        if (tlsRenew && (force || !restore.isEmpty())) {
            throw ProgramException.wrong("--tls-renew stands without --force and --restore");
        }
        Optional<Path> ca = tlsCa.isEmpty()
                ? Optional.empty()
                : Optional.of(surroundings.workingDirectory().resolve(tlsCa));
        String password = surroundings.environment().getOrDefault("FISH_CA_PASSWORD", "");
        return Optional.of(HomeCertificates.open(home, ca, password, tlsHosts, !tlsRenew));
    }

    private void certifyOrWarn(Optional<HomeCertificates> certificates, Path home) throws ProgramException {
        if (certificates.isPresent()) {
            try {
                certify(certificates.get(), home);
                return;
            } catch (ProgramException e) {
                throw ProgramException.failed(home + " is made, and has no certificate yet: " + e.getMessage()
                                + ". Then: bin/setup " + ShellWord.of(name) + " --tls-renew" + flagsOfCertificate())
                        .because(e);
            }
        }
        HomeCertificates.flagsOfCaBeside(home).ifPresent(flags -> surroundings
                .err()
                .println("warning: there is a CA in " + HomeCertificates.caBeside(home)
                        + ", so the group here seems to use TLS; this home has no certificate, and a node"
                        + " without one joins no group that uses TLS. If that is so: bin/setup " + ShellWord.of(name)
                        + " --tls-renew --tls-host HOST" + flags));
    }

    private String flagsOfCertificate() {
        String ca = tlsCa.isEmpty() ? "" : " --tls-ca " + ShellWord.of(tlsCa);
        return ca + (tlsHosts.isEmpty() ? "" : " --tls-host " + ShellWord.of(String.join(",", tlsHosts)));
    }

    private void certify(HomeCertificates certificates, Path home) throws ProgramException {
        certificates.certify(home).forEach(sentence -> surroundings.out().println(sentence));
    }

    private int renewed(Path home, HomeCertificates certificates) throws ProgramException {
        if (!Home.isOne(home)) {
            throw ProgramException.failed(home + " is not a node's home; nothing was changed");
        }
        certify(certificates, home);
        return 0;
    }

    private int restored(Path home, Optional<HomeCertificates> certificates) throws ProgramException {
        Path from = surroundings.home(restore);
        Path file = surroundings.workingDirectory().resolve(restore);
        if (!Files.isDirectory(from) && Files.isRegularFile(file)) {
            return restored(home, new RestoreFrom.OfBackup(file), certificates);
        }
        if (from.equals(home)) {
            throw ProgramException.wrong("a home is restored to another one: name a new NAME");
        }
        if (!Files.exists(from)) {
            throw ProgramException.wrong(from + " is not a node's home, and there is no backup " + file);
        }
        try (StoppedHome stopped = StoppedHome.open(from)) {
            return restored(home, new RestoreFrom.OfHome(from, stopped), certificates);
        }
    }

    private int restored(Path home, RestoreFrom source, Optional<HomeCertificates> certificates)
            throws ProgramException {
        PrintStream out = surroundings.out();
        RestoredHome restoring = new RestoredHome(surroundings.clock());
        HeldData held = restoring.make(home, source, force);
        restoring.movedAside().ifPresent(aside -> out.println("moved aside: " + aside));
        out.println("made " + home + " from a copy of " + source.name() + ", of group " + source.group());
        certifyOrWarn(certificates, home);
        source.inWords(held).forEach(sentence -> out.println("  " + sentence));
        out.println(
                "stop what is left of the old group; then found the new one, to which no node of the old one can come:");
        out.println("  bin/back --dir " + ShellWord.of(name) + " --address HOST:PORT"
                + (source.group().equals("fish") ? "" : " --group " + ShellWord.of(source.group())));
        out.println("all other nodes join it with new homes: bin/setup NAME --force, and --buddy");
        return 0;
    }
}
